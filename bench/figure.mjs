// One figure in a process of its own: node bench/figure.mjs '{"model":"a.onnx","figure":"gradient",…}'. Prints one line of JSON.
// Sessions that share a process share its cores: their idle threads spin against each other, and both times are wrong.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

import { float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import { smooth } from "@xdeep/smooth";

const { model: path, figure, threads = 2, engine = "onnxruntime-node", runs = 9, dims = [1, 3, 224, 224], n = 50 } = JSON.parse(process.argv[2]);
const session = { intraOpNumThreads: threads, interOpNumThreads: 1 };
if (engine === "onnxruntime-web") (await import("onnxruntime-web")).env.wasm.numThreads = threads;
const image = float32(dims, Float32Array.from(createNoise(1).next(dims.reduce((size, dim) => size * dim, 1))));

/** What each figure runs, after loading. `repeat` runs are timed, the first apart. */
const FIGURES = {
  async forward() {
    const ort = await import(engine);
    const runtime = ort.InferenceSession === undefined ? ort.default : ort;
    const loaded = await runtime.InferenceSession.create(engine === "onnxruntime-web" ? new Uint8Array(readFileSync(path)) : path, {
      ...session,
      graphOptimizationLevel: "all",
    });
    const feeds = { [loaded.inputNames[0]]: new runtime.Tensor("float32", image.data, image.dims) };
    return async () => (await loaded.run(feeds))[loaded.outputNames[0]].getData();
  },
  async gradient() {
    const explainer = new Backprop(await load());
    return () => explainer.explain(image);
  },
  async guided() {
    const explainer = new Backprop(await load(), { guided: true });
    return () => explainer.explain(image);
  },
  async integrated() {
    const explainer = integrated(new Backprop(await load()), { n });
    return () => explainer.explain(image);
  },
  async smooth() {
    const explainer = smooth(new Backprop(await load()), { n });
    return () => explainer.explain(image);
  },
};

function load() {
  return loadModel(engine === "onnxruntime-web" ? new Uint8Array(readFileSync(path)) : path, { engine, ...(engine === "onnxruntime-web" ? {} : session) });
}

const started = performance.now();
const run = await FIGURES[figure]();
const loadMs = performance.now() - started;
const first = await timed(run);
const times = [];
for (let i = 0; i < runs; i++) times.push(await timed(run));
const peakMB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ median: median(times), first, load: loadMs, peakMB }));
// The engine's threads need no farewell.
process.exit(0);

async function timed(body) {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
