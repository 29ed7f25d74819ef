import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { loadModel } from "@xdeep/onnxruntime";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { feeds, network } from "./cached-network.ts";

const KEY = /^[0-9a-f]{64}$/;
const DRAFT = /^\.xdeep-draft-/;
const ROUNDS = 12;

/** A process that explains the same network as often as it is asked to, each time by a session of its own, with the cache in the folder it is told. */
const SCRIPT = `
  import { loadModel } from "@xdeep/onnxruntime";
  import { feeds, network } from "./cached-network.ts";
  process.on("message", async (cache) => {
    try {
      const model = await loadModel(network(1), { cache });
      process.send("loaded");
      const { gradients } = await model.vjp({ feeds, target: 1 });
      await model.dispose();
      process.send([...gradients.x.data]);
    } catch (error) {
      process.send(String(error));
    }
  });`;

let scripts: string;
let plain: readonly number[];
const started: ChildProcess[] = [];

beforeAll(async () => {
  // Engines are found from there.
  scripts = await mkdtemp(fileURLToPath(new URL("../node_modules/.cache-", import.meta.url)));
  await build({
    stdin: { contents: SCRIPT, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    outfile: join(scripts, "explain.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["xdeep-source"],
    external: ["onnxruntime-node", "onnxruntime-web"],
    logLevel: "silent",
  });
  plain = await gradientHere();
});
afterAll(async () => {
  for (const child of started) child.kill("SIGKILL");
  await rm(scripts, { recursive: true });
});

describe("a cache that several processes share", () => {
  it("gives each the same numbers, and one whole entry is left, whether they begin with none or with a damaged one", async () => {
    const [a, b] = [begun(), begun()];
    for (let round = 0; round < ROUNDS; round++) {
      const folder = await mkdtemp(join(tmpdir(), "xdeep-cache-"));
      for (const damage of [false, true]) {
        if (damage) await cutOff(folder);
        for (const gradient of await Promise.all([a, b].map((child) => explainIn(child, folder)))) expect(gradient).toEqual(plain);
        expect((await readdir(folder)).filter((name) => !KEY.test(name))).toEqual([]);
      }
      expect(await gradientHere(folder)).toEqual(plain);
      expect(await keysIn(folder)).toHaveLength(1);
      await rm(folder, { recursive: true });
    }
  });

  it("outlives writers that are killed, and removes what they left after an hour", async () => {
    const folder = await mkdtemp(join(tmpdir(), "xdeep-cache-"));
    for (let kill = 0; kill < 5; kill++) {
      const child = begun();
      child.send(folder);
      // From here on it writes its entry: a little later each time.
      await once(child, "message");
      await new Promise((resolve) => void setTimeout(resolve, 4 * kill));
      child.kill("SIGKILL");
      await once(child, "exit");
      expect((await readdir(folder)).every((name) => KEY.test(name) || DRAFT.test(name))).toBe(true);
      expect(await gradientHere(folder)).toEqual(plain);
      await Promise.all((await keysIn(folder)).map((key) => rm(join(folder, key), { recursive: true })));
    }
    await writeFile(join(folder, "notes.txt"), "mine");
    const drafts = (await readdir(folder)).filter((name) => DRAFT.test(name));
    for (const name of drafts) await utimes(join(folder, name), new Date(0), new Date(0));
    await gradientHere(folder);
    expect((await readdir(folder)).filter((name) => !KEY.test(name))).toEqual(["notes.txt"]);
    await rm(folder, { recursive: true });
  });

  it("does without a folder that cannot be written", async () => {
    const folder = await mkdtemp(join(tmpdir(), "xdeep-cache-"));
    await chmod(folder, 0o555);
    // Root may write anywhere but there.
    const readOnly = process.getuid?.() === 0 ? "/proc" : folder;
    expect(await explainIn(begun(), readOnly)).toEqual(plain);
    await chmod(folder, 0o755);
    await rm(folder, { recursive: true });
  });
});

function begun(): ChildProcess {
  const child = fork(join(scripts, "explain.mjs"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  started.push(child);
  return child;
}

/** Its gradient, or what it says is wrong. */
function explainIn(child: ChildProcess, folder: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const listen = (answer: unknown): void => {
      if (answer === "loaded") return;
      child.off("message", listen).off("exit", reject);
      resolve(answer);
    };
    child.on("message", listen).on("exit", reject);
    child.send(folder);
  });
}

async function gradientHere(cache?: string): Promise<readonly number[]> {
  await using model = await loadModel(network(1), cache === undefined ? {} : { cache });
  return [...((await model.vjp({ feeds, target: 1 })).gradients["x"]!.data as Float32Array)];
}

async function keysIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => KEY.test(name));
}

async function cutOff(folder: string): Promise<void> {
  const [key] = await keysIn(folder);
  const file = join(folder, key!, "model.onnx");
  await writeFile(file, (await readFile(file)).subarray(0, 1000));
}
