// What do a map of a layer, a gradient, AttnLRP and DeepLIFT cost, in forward runs and in gradients? CPU time (user and system) of one thread, runs in alternation,
// medians: other work on the machine makes all of them slower alike.
//
//   node bench/layer-cost.mjs MODEL.onnx [--runs 15]
//
// MODEL takes pictures [N, 3, 224, 224]. Needs the packages built (npm run build).
import process from "node:process";
import { parseArgs } from "node:util";

import { float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { gradCam } from "@xdeep/layers";
import { loadModel } from "@xdeep/onnxruntime";
import { attnLrp, deepLift } from "@xdeep/relevance";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: "string", default: "15" } } });
const model = await loadModel(positionals[0], { intraOpNumThreads: 1, interOpNumThreads: 1 });
const dims = [1, 3, 224, 224];
const image = float32(dims, Float32Array.from(createNoise(1).next(dims.reduce((size, dim) => size * dim, 1))));
const feeds = { [model.inputs[0].name]: image };
const [cam, gradient, relevance, contributions] = [gradCam(model), new Backprop(model), attnLrp(model), deepLift(model)];
const work = {
  forward: () => model.forward({ feeds }),
  "grad-cam": () => cam.explain(image, { target: 1 }),
  gradient: () => gradient.explain(image, { target: 1 }),
  "attn-lrp": () => relevance.explain(image, { target: 1 }),
  deeplift: () => contributions.explain(image, { target: 1 }),
};

const times = Object.fromEntries(Object.keys(work).map((name) => [name, []]));
for (let run = -2; run < Number(values.runs); run++) {
  for (const [name, once] of Object.entries(work)) {
    const before = process.cpuUsage();
    await once();
    const { user, system } = process.cpuUsage(before);
    if (run >= 0) times[name].push((user + system) / 1000);
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const units = [times.forward, times.gradient].map(median);
console.log("| work | CPU ms | forward runs | gradients |\n|---|---|---|---|");
for (const [name, list] of Object.entries(times)) {
  const shares = units.map((unit) => (median(list) / unit).toFixed(2));
  console.log(`| ${name} | ${median(list).toFixed(0)} | ${shares.join(" | ")} |`);
}
await model.dispose();
