// CPU time of exported explainers over the library's own gradients, in alternation, so that other load meets both alike. Needs a build.
// usage: node scripts/proofs/cost.mjs MODEL.onnx [ROUNDS]
import { float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { exportExplainer } from "@xdeep/export";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import * as ort from "onnxruntime-node";

const [path, rounds = "15"] = process.argv.slice(2);
const model = await loadModel(path, { intraOpNumThreads: 1 });
const [input] = model.inputs;
const dims = [1, ...input.dims.slice(1)];
const x = float32(
  dims,
  Float32Array.from(createNoise(5).next(dims.reduce((a, b) => a * b)), (value) => 50 * value),
);
const gradient = new Backprop(model);
const target = (await gradient.explain(x)).target[0];
const options = { intraOpNumThreads: 1, logSeverityLevel: 3 };
const session = async (method, more) => ort.InferenceSession.create(await exportExplainer(model, method, more), options);
const vanilla = await session(gradient.method, {});
const only = await session(gradient.method, { outputs: [] });
const points = await session(integrated(gradient, { n: 8 }).method, { outputs: [] });
const feeds = { [input.name]: new ort.Tensor("float32", x.data, dims) };

const measured = {
  "the library's gradient": () => model.vjp({ feeds: { [input.name]: x }, target }),
  "exported, vanilla": () => vanilla.run(feeds),
  "exported, vanilla, no output of the model": () => only.run(feeds),
  "exported, 8 points": () => points.run(feeds),
};
const times = Object.fromEntries(Object.keys(measured).map((name) => [name, []]));
for (let round = 0; round < Number(rounds) + 2; round++) {
  for (const [name, run] of Object.entries(measured)) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    if (round >= 2) times[name].push((user + system) / 1000);
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const one = median(times["the library's gradient"]);
for (const [name, list] of Object.entries(times)) {
  const gradients = name === "exported, 8 points" ? 8 : 1;
  console.log(
    `${name.padEnd(44)} ${median(list).toFixed(1).padStart(8)} ms CPU   ${(median(list) / (gradients * one)).toFixed(3)} of ${gradients === 1 ? "one gradient" : "eight"}`,
  );
}
await model.dispose();
