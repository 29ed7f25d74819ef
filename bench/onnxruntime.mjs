// Gradient over forward in ONNX Runtime: medians of alternating single runs, batch 1, 2 threads, in one process.
// Usage: pnpm bench [FOLDER] [MODEL…], where FOLDER holds <model>.onnx and <model>.x.npy (see README, "Benchmarks").
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { float32 } from "@xdeep/core";
import { loadModel } from "@xdeep/onnxruntime";
import { parse } from "npyjs";
import * as ort from "onnxruntime-node";

const [folder = "bench/models", ...names] = process.argv.slice(2);
const RUNS = Number(process.env.RUNS ?? 15);
const THREADS = { intraOpNumThreads: 2, interOpNumThreads: 1 };

if (!existsSync(folder)) {
  console.error(`There is no folder "${folder}". Make the models first: python3 bench/make_models.py ${folder} (see README, "Benchmarks").`);
  process.exit(1);
}

const models =
  names.length > 0
    ? names
    : readdirSync(folder)
        .filter((file) => file.endsWith(".onnx"))
        .map((file) => file.slice(0, -5));
console.log("model               forward ms   gradient ms   ratio   load ms   RSS MB   error");
for (const name of models) await measure(name);

async function measure(name) {
  const x = readTensor(`${folder}/${name}.x.npy`);
  const forward = await ort.InferenceSession.create(`${folder}/${name}.onnx`, { ...THREADS, graphOptimizationLevel: "all" });
  const feeds = { [forward.inputNames[0]]: new ort.Tensor("float32", x.data, x.dims) };
  const model = await loadModel(`${folder}/${name}.onnx`, THREADS);
  const started = performance.now();
  const first = await model.vjp({ feeds: { [model.inputs[0].name]: x } });
  const load = performance.now() - started;
  const times = { forward: [], gradient: [] };
  for (let run = 0; run < RUNS; run++) {
    times.forward.push(await timed(() => forward.run(feeds)));
    times.gradient.push(await timed(() => model.vjp({ feeds: { [model.inputs[0].name]: x } })));
  }
  const [f, b] = [median(times.forward), median(times.gradient)];
  console.log(
    `${name.padEnd(18)} ${f.toFixed(1).padStart(11)} ${b.toFixed(1).padStart(13)} ${(b / f).toFixed(2).padStart(7)} ${load.toFixed(0).padStart(9)} ${(process.memoryUsage().rss / 1e6).toFixed(0).padStart(8)}   ${error(name, first)}`,
  );
  await forward.release();
  await model.dispose();
}

/** 2-norm error against the stored gradient. */
function error(name, result) {
  const file = `${folder}/${name}.grad.npy`;
  if (!existsSync(file)) return "";
  const expected = readTensor(file).data;
  const actual = Object.values(result.gradients)[0].data;
  let [difference, size] = [0, 0];
  expected.forEach((value, i) => {
    difference += (value - actual[i]) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / size).toExponential(1);
}

function readTensor(file) {
  const { data, shape } = parse(new Uint8Array(readFileSync(file)).buffer);
  return float32(shape, data);
}

async function timed(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
