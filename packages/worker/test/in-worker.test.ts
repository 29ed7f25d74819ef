import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { getPriority, platform } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";

import { type Explainer, type Model, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { layerGradientXActivation } from "@xdeep/layers";
import { smooth } from "@xdeep/smooth";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { inWorker as InWorker, pool as Pool } from "../src/index.ts";
import type { Load } from "../src/index.ts";
import { bundled } from "./bundle.ts";

/** A model whose runs block their thread for as long as the first element of the input says, in milliseconds, and a thread that can be ended from inside. */
const SLOW = `
  import { analyticModel, randomLayers } from "@xdeep/test-models";
  import { serve } from "./serve.ts";
  serve((width, fail) => {
    if (fail === "load") throw new Error("there is no such model");
    if (fail === "nothing") return;
    const model = analyticModel({ inputs: [{ name: "x", dims: [width] }], layers: randomLayers([width, 8, 3], "relu"), capabilities: { preferredBatch: 2 } });
    const blocking = (run) => async (request) => {
      const first = request.feeds.x?.data?.[0] ?? 0;
      if (first === -99) process.exit(7);
      if (first > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, first);
      return run(request);
    };
    return { ...model, forward: blocking(model.forward), vjp: blocking(model.vjp) };
  });`;

const WIDTH = 4;
const local = analyticModel({ inputs: [{ name: "x", dims: [WIDTH] }], layers: randomLayers([WIDTH, 8, 3], "relu"), capabilities: { preferredBatch: 2 } });
const rows = float32(
  [5, WIDTH],
  Array.from({ length: 5 * WIDTH }, (_, i) => -1 - Math.sin(i) / 2),
);
const row = (first: number): ReturnType<typeof float32> => float32([1, WIDTH], [first, -1, 0.5, 2]);

let scripts: Awaited<ReturnType<typeof bundled>>;
let inWorker: typeof InWorker;
let pool: typeof Pool;
const slow = { worker: () => new Worker(scripts.url("slow.mjs")) };
const slowModel = (): Promise<Model> => inWorker(slow, { arguments: [WIDTH] });

beforeAll(async () => {
  scripts = await bundled({ "slow.mjs": SLOW });
  ({ inWorker, pool } = (await import(scripts.url("index.js").href)) as { inWorker: typeof InWorker; pool: typeof Pool });
});
afterAll(() => scripts.remove());

describe("a model in a worker", () => {
  it("gives what it gives here, with every method, and names itself in provenance", async () => {
    await using model = await slowModel();
    const atLayer = (each: Model): Explainer => smooth(layerGradientXActivation(each, { layer: "layer1" }), { n: 2, std: 0.1 });
    for (const explainer of [(each: Model) => new Backprop(each), (each: Model) => integrated(new Backprop(each), { n: 5 }), atLayer]) {
      const there = await explainer(model).explain(rows);
      const here = await explainer(local).explain(rows);
      expect(there.values).toEqual(here.values);
      expect(there.scores).toEqual(here.scores);
      expect(there.layer).toBe(explainer === atLayer ? "layer1" : undefined);
      expect(Object.keys(there.provenance.versions)).toContain("@xdeep/worker");
    }
  });

  it("leaves what it is fed to the caller, views on larger memory included", async () => {
    await using model = await slowModel();
    const large = Float32Array.from({ length: 100 }, (_, i) => -i);
    const x = { type: "float32", dims: [1, WIDTH], data: large.subarray(8, 8 + WIDTH) } as const;
    const { scores } = await model.vjp({ feeds: { x } });
    expect(large).toHaveLength(100);
    expect(large[99]).toBe(-99);
    expect(scores).toEqual((await local.vjp({ feeds: { x } })).scores);
  });

  it("keeps numbers apart that lie in memory which goes to the worker and back, call after call and at the same time", async () => {
    const width = 2 ** 14;
    const wide = analyticModel({ inputs: [{ name: "x", dims: [width] }], layers: randomLayers([width, 8, 3], "relu"), capabilities: { preferredBatch: 2 } });
    await using model = await inWorker(slow, { arguments: [width] });
    const input = (seed: number): ReturnType<typeof float32> =>
      float32(
        [1, width],
        Float32Array.from({ length: width }, (_, i) => Math.sin(seed * i) - 2),
      );
    const scoresOf = async (each: Model, seed: number): Promise<unknown> => (await each.vjp({ feeds: { x: input(seed) }, target: 0 })).scores;
    for (let round = 0; round < 3; round++) {
      const seeds = [1 + round, 2 + round];
      const expected = await Promise.all(seeds.map((seed) => scoresOf(wide, seed)));
      expect(await Promise.all(seeds.map((seed) => scoresOf(model, seed)))).toEqual(expected);
    }
  });

  it("ends 200 calls as asked when 100 of them are aborted, each with its own reason", async () => {
    await using model = await slowModel();
    const controllers = Array.from({ length: 200 }, () => new AbortController());
    const calls = controllers.map(({ signal }, i) => model.vjp({ feeds: { x: row(-1 - i / 200) }, signal }));
    controllers.forEach((controller, i) => i % 2 === 1 && controller.abort(new Error(`call ${i}`)));
    const settled = await Promise.allSettled(calls);
    for (const [i, each] of settled.entries()) {
      if (i % 2 === 1) expect(each).toMatchObject({ status: "rejected", reason: { message: `call ${i}` } });
      else
        expect((each as PromiseFulfilledResult<{ scores: Float32Array }>).value.scores).toEqual((await local.vjp({ feeds: { x: row(-1 - i / 200) } })).scores);
    }
  });

  it("carries errors with their codes", async () => {
    await using model = await slowModel();
    await expect(model.vjp({ feeds: {} })).rejects.toMatchObject({ name: "XDeepError", code: "INPUT_MISSING", details: { missing: ["x"] } });
    await expect(model.vjp({ feeds: { x: 7 as never } })).rejects.toThrow(TypeError);
    await expect(model.vjp({ feeds: { x: row(1) }, target: (() => 1) as never })).rejects.toThrow(TypeError);
    await expect(inWorker(slow, { arguments: [WIDTH, "load"] })).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringContaining("there is no such model"),
    });
  });

  it("that dies rejects what waits and what comes, and hangs nobody", async () => {
    const model = await slowModel();
    const waiting = [model.vjp({ feeds: { x: row(-99) } }), model.vjp({ feeds: { x: row(1) } })];
    for (const call of waiting) await expect(call).rejects.toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("code 7") });
    await expect(model.forward({ feeds: { x: row(1) } })).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    await model.dispose();
  });

  it("that cannot start is an error", async () => {
    const missing = { worker: () => new Worker(scripts.url("nothing.mjs")) };
    await expect(inWorker(missing)).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    await expect(inWorker(7 as never)).rejects.toThrow(TypeError);
    await expect(inWorker(slow, { arguments: [WIDTH, "nothing"] })).rejects.toThrow("returned undefined, and no model");
  });

  it("can be disposed twice, and refuses calls afterwards", async () => {
    const model = await slowModel();
    await model.dispose();
    await model.dispose();
    await expect(model.vjp({ feeds: { x: row(1) } })).rejects.toMatchObject({ code: "MODEL_DISPOSED" });
  });
});

describe("a function in a worker", () => {
  it("runs with its own imports and the arguments that it is given", async () => {
    // As text: the test runner rewrites imports of its own files.
    const load = new Function("return async (width) => (await import('./function-model.mjs')).model(width)")() as Load;
    await writeFile(
      scripts.url("function-model.mjs"),
      `export const model = (width) => ({ backend: "b", engine: "e" + width, contractVersion: 1, inputs: [], outputs: [], capabilities: {}, dispose: async () => {} });`,
    );
    const model = await inWorker(load, { arguments: [3], from: scripts.url("index.js") });
    expect(model.engine).toBe("e3");
    await model.dispose();
  });

  it("stands back behind this one on Linux, as far as it is told, and this one stays where it was", async () => {
    const own = getPriority();
    const expected = (asked: number): string => `niceness ${platform() === "linux" ? Math.max(own, asked) : own}`;
    const load = new Function("return async () => { throw new Error(`niceness ${process.getBuiltinModule('os').getPriority()}`) }")() as Load;
    await expect(inWorker(load)).rejects.toThrow(expected(10));
    await expect(inWorker(load, { niceness: 0 })).rejects.toThrow(expected(0));
    await expect(inWorker(load, { niceness: 20 })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    expect(getPriority()).toBe(own);
  });

  it("that uses what is outside it is refused with what to do", async () => {
    const outside = local;
    await expect(inWorker(() => outside)).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("import what it needs inside it") });
  });
});

describe("a pool", () => {
  it("spreads the rows of a call and joins them in order, with targets, weights and cotangents of their own", async () => {
    await using model = await pool(slow, 2, { arguments: [WIDTH] });
    expect(model.capabilities.preferredBatch).toBe(4);
    const x = { x: rows };
    expect(await model.forward({ feeds: x, target: null })).toEqual(await local.forward({ feeds: x, target: null }));
    expect(await model.vjp({ feeds: x, target: [0, 1, 2, 0, 1] })).toEqual(await local.vjp({ feeds: x, target: [0, 1, 2, 0, 1] }));
    const cotangent = float32(
      [5, 3],
      Array.from({ length: 15 }, (_, i) => Math.cos(i)),
    );
    expect(await model.vjp({ feeds: x, cotangent })).toEqual(await local.vjp({ feeds: x, cotangent }));
    const weights = Float32Array.of(1, -2, 0.5, 0, 3);
    const [summed, expected] = [await model.vjp({ feeds: x, weights }), await local.vjp({ feeds: x, weights })];
    expect(summed.gradients["x"]!.dims).toEqual([1, WIDTH]);
    summed.gradients["x"]!.data.forEach((value, i) => expect(value).toBeCloseTo(expected.gradients["x"]!.data[i]!, 5));
  });

  it("refuses sizes that are none, and leaves nothing behind where loading fails", async () => {
    await expect(pool(slow, 0)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(pool(slow, 2, { arguments: [WIDTH, "load"] })).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });
});

// These tests wait most of their time, so they wait together.
describe.concurrent("while engines block their threads", () => {
  it("this one stays free", async () => {
    await using model = await slowModel();
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await model.vjp({ feeds: { x: row(1000) } });
    clearInterval(timer);
    expect(longest).toBeLessThan(750);
  });

  it("an aborted call rejects at once, in the middle of a run", async () => {
    await using model = await slowModel();
    const controller = new AbortController();
    const started = performance.now();
    const call = model.vjp({ feeds: { x: row(1800) }, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it("calls of a pool run at the same time", async () => {
    await using model = await pool(slow, 2, { arguments: [WIDTH] });
    await model.vjp({ feeds: { x: row(1) } });
    const started = performance.now();
    await Promise.all([model.vjp({ feeds: { x: row(1500) } }), model.vjp({ feeds: { x: row(1500) } })]);
    expect(performance.now() - started).toBeLessThan(2700);
  });
});

it("a process ends by itself although its model was not disposed", async () => {
  await writeFile(
    scripts.url("forgetful.mjs"),
    `import { Worker } from "node:worker_threads";
     import { inWorker } from "./index.js";
     const model = await inWorker({ worker: () => new Worker(new URL("./slow.mjs", import.meta.url)) }, { arguments: [${WIDTH}] });
     const { scores } = await model.vjp({ feeds: { x: { type: "float32", dims: [1, ${WIDTH}], data: new Float32Array(${WIDTH}).fill(20) } } });
     console.log(scores.length);`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(scripts.url("forgetful.mjs"))], { timeout: 20_000 });
  expect(stdout.trim()).toBe("1");
});
