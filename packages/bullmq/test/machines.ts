import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { onTestFinished } from "vitest";

import { SCALING_JOB } from "../../batch/test/jobs.ts";

/** Seconds after which a shard of a worker that is gone is given to another one. */
export const LEASE = 2;

/** The package as processes run it. */
export interface Machines {
  readonly folder: string;
  remove(): Promise<void>;
}

export async function buildMachines(): Promise<Machines> {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = await mkdtemp(join(root, "node_modules", ".machines-"));
  await build({
    entryPoints: [
      { in: join(root, "src", "index.ts"), out: "bullmq" },
      { in: join(root, "..", "batch", "src", "index.ts"), out: "batch" },
      { in: join(root, "..", "batch", "src", "shards", "shard-worker.ts"), out: "shard-worker" },
    ],
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    conditions: ["xdeep-source"],
    external: ["bullmq", "ioredis"],
    logLevel: "silent",
  });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "job.mjs"), SCALING_JOB);
  await writeFile(
    join(folder, "produce.mjs"),
    `import { createManifest } from "./batch.js";
     import { distribute } from "./bullmq.js";
     const { url, out, ...options } = JSON.parse(process.argv[2]);
     try {
       await distribute(out, await createManifest(options), { url });
     } catch (error) {
       console.log(error.code ?? error.stack);
       process.exitCode = 1;
     }`,
  );
  await writeFile(
    join(folder, "work.mjs"),
    `import { work } from "./bullmq.js";
     const { url, out, lease, base } = JSON.parse(process.argv[2]);
     const controller = new AbortController();
     process.once("SIGTERM", () => controller.abort(new Error("stopped")));
     try {
       await work(out, { url, lease, base, signal: controller.signal, maxMemory: 40, module: new URL("./job.mjs", import.meta.url), onRows: ({ explained, failed }) => process.send?.(explained + failed) });
     } catch (error) {
       console.log(error.code ?? error.message);
       process.exitCode = 1;
     }
     process.disconnect?.();`,
  );
  // A machine whose clock is set, forwards and back, all the time.
  await writeFile(
    join(folder, "clock.mjs"),
    "const now = Date.now; let jump = 0; setInterval(() => { jump = (Math.random() - 0.5) * 7_200_000; }, 40).unref(); Date.now = () => Math.round(now() + jump);",
  );
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A process that says how far it is. */
export interface Running {
  readonly child: ChildProcess;
  /** Rows that it has explained. */
  rows: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly said: string }>;
}

export function start(folder: string, script: "produce.mjs" | "work.mjs", options: object, node: readonly string[] = []): Running {
  const child = spawn(process.execPath, [...node, join(folder, script), JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  let said = "";
  child.stdout!.on("data", (data: Buffer) => (said += data.toString()));
  const running: Running = {
    child,
    rows: 0,
    ended: new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal, said: said.trim() }))),
  };
  child.on("message", (rows) => (running.rows += Number(rows)));
  onTestFinished(() => void child.kill("SIGKILL"));
  return running;
}

/** A process that is started again when it dies, as a machine's supervisor does, until it ends by itself. */
export function supervise(begin: () => Running): { current: Running; deaths: number; readonly done: Promise<void> } {
  const supervised = { current: begin(), deaths: 0, done: Promise.resolve() };
  const watch = async (): Promise<void> => {
    while ((await supervised.current.ended).code !== 0) {
      supervised.deaths += 1;
      supervised.current = begin();
    }
  };
  supervised.done = watch();
  return supervised;
}

export interface RedisServer {
  readonly url: string;
  /** With everything in it that was synced. */
  restart(signal: "SIGTERM" | "SIGKILL", away: number): Promise<void>;
  /** As if its disk were new. */
  lose(): Promise<void>;
}

/** @param options of redis-server, beyond those that every test has */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), "xdeep-redis-"));
  const port = await freePort();
  let child = await launch(dir, port, options);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true });
  });
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    restart: async (signal, away) => {
      await stop(signal);
      await sleep(away);
      child = await launch(dir, port, options);
    },
    lose: async () => {
      await stop("SIGKILL");
      await rm(join(dir, "appendonlydir"), { recursive: true, force: true });
      child = await launch(dir, port, options);
    },
  };
}

async function launch(dir: string, port: number, options: readonly string[]): Promise<ChildProcess> {
  const child = spawn("redis-server", ["--port", String(port), "--dir", dir, "--appendonly", "yes", "--save", "", "--bind", "127.0.0.1", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.stdout!.on("data", (data: Buffer) => data.toString().includes("Ready to accept connections") && resolve());
  });
  return child;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A folder with files of these bytes. */
export async function inputFiles(rows: readonly (readonly number[])[]): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), "xdeep-machines-"));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  for (const [n, bytes] of rows.entries()) await writeFile(join(base, `${String(n).padStart(5, "0")}.bin`), Uint8Array.from(bytes));
  return base;
}
