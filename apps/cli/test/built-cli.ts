import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { type Metafile, type OnLoadResult, build } from "esbuild";

import type { CliResult } from "./run-cli.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const repository = join(root, "..", "..");

/** The command as it is installed. */
export interface BuiltCli {
  /** Starts the executable; `onOutput` gets what it prints and ways to interrupt it. `stdout` is where its results go, if not back to the test. */
  run(
    argv: readonly string[],
    onOutput?: (text: string, interrupt: (signal?: NodeJS.Signals) => void, close: () => void) => void,
    stdout?: "pipe" | number,
  ): Promise<CliResult>;
  /** What is loaded before the command line is read: paths of sources, and names of packages that are not bundled. */
  readonly atStart: readonly string[];
  remove(): Promise<void>;
}

/** Builds the command from the sources, below this package, so that what is not bundled is found as from its dist folder. */
export async function buildCli(): Promise<BuiltCli> {
  const built = await mkdtemp(join(root, "node_modules", ".executable-"));
  await mkdir(join(built, "bin"));
  await writeFile(join(built, "package.json"), '{ "type": "module" }');
  await copyFile(join(root, "bin", "xdeep.js"), join(built, "bin", "xdeep.js"));
  await linkPackages(join(root, "..", "server"), ["fastify", "@fastify/multipart", "prom-client"], built);
  await linkPackages(join(root, "..", "..", "packages", "bullmq"), ["bullmq", "ioredis"], built);
  const { metafile } = await build({
    entryPoints: [
      { in: join(root, "src", "index.ts"), out: "index" },
      { in: join(root, "src", "batch", "row-job.ts"), out: "row-job" },
      { in: join(root, "src", "serve", "model-worker.ts"), out: "model-worker" },
      { in: join(root, "..", "server", "src", "models", "picture-worker.ts"), out: "picture-worker" },
      { in: join(root, "..", "..", "packages", "batch", "src", "shards", "shard-worker.ts"), out: "shard-worker" },
    ],
    outdir: join(built, "dist"),
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    conditions: ["xdeep-source"],
    external: [
      "commander",
      "cli-progress",
      "cli-table3",
      "npyjs",
      "sharp",
      "onnxruntime-node",
      "onnxruntime-web",
      "@xdeep/tfjs",
      "fastify",
      "@fastify/multipart",
      "prom-client",
      "bullmq",
      "ioredis",
    ],
    plugins: [{ name: "map-script", setup: ({ onLoad }) => onLoad({ filter: /[\\/]map[\\/]src[\\/]script\.ts$/ }, mapScript) }],
    logLevel: "silent",
    metafile: true,
    absWorkingDir: repository,
  });
  return {
    run: (...args) => run(join(built, "bin", "xdeep.js"), ...args),
    atStart: loadedBy(relative(repository, join(built, "dist", "index.js")), metafile),
    remove: () => rm(built, { recursive: true, force: true }),
  };
}

/** The text of `<xdeep-map>`, as the published package has it. */
async function mapScript(): Promise<OnLoadResult> {
  const { MAP_SCRIPT } = await import("@xdeep/map/script");
  return { contents: `export const MAP_SCRIPT = ${JSON.stringify(MAP_SCRIPT)};` };
}

/** What an output loads by itself, not by `import()`. */
function loadedBy(entry: string, { outputs }: Metafile): readonly string[] {
  const found = new Set([entry]);
  for (const path of found) for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === "import-statement") found.add(next);
  return [...found].flatMap((path) => (outputs[path] === undefined ? [path] : Object.keys(outputs[path].inputs)));
}

/** What other packages of ours need at run time, as it would be installed. */
async function linkPackages(from: string, names: readonly string[], built: string): Promise<void> {
  for (const name of names) {
    const target = join(built, "node_modules", name);
    await mkdir(dirname(target), { recursive: true });
    await symlink(join(from, "node_modules", name), target);
  }
}

function run(
  path: string,
  argv: readonly string[],
  onOutput: (text: string, interrupt: (signal?: NodeJS.Signals) => void, close: () => void) => void = () => undefined,
  stdout: "pipe" | number = "pipe",
): Promise<CliResult> {
  const child = spawn(process.execPath, [path, ...argv], { stdio: ["ignore", stdout, "pipe"] });
  let printed = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
    onOutput(
      printed,
      (signal = "SIGINT") => child.kill(signal),
      () => child.stdout?.destroy(),
    );
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout: printed, stderr }));
  });
}
