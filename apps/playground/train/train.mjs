// Trains the two small networks of the page on data that it draws itself, and writes them with samples into public/models. The gradients of the
// weights are xdeep's own: a weight is an input like any other.
//
//   npx pnpm exec turbo run build --filter=@xdeep/playground^... && node apps/playground/train/train.mjs
import { mkdir, writeFile } from "node:fs/promises";

import { float32, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { drawScene } from "@xdeep/demo";
import { writePng } from "@xdeep/image";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";

import { DIGIT_SIDE, drawDigit } from "./draw-digit.mjs";
import { FEATURES, FRUITS, drawFruit } from "./draw-fruit.mjs";

const folder = new URL("../public/models/", import.meta.url);
const pool = { kernel_shape: [2, 2], strides: [2, 2] };

const DIGITS = {
  name: "digits",
  input: { name: "image", dims: [1, DIGIT_SIDE, DIGIT_SIDE] },
  classes: 10,
  weights: { k1: [8, 1, 5, 5], b1: [8], k2: [16, 8, 5, 5], b2: [16], w: [256, 10], b: [10] },
  fixed: {},
  nodes: [
    nodeProto("Conv", ["image", "k1", "b1"], ["c1"], { kernel_shape: [5, 5] }),
    nodeProto("Relu", ["c1"], ["r1"]),
    nodeProto("MaxPool", ["r1"], ["p1"], pool),
    nodeProto("Conv", ["p1", "k2", "b2"], ["c2"], { kernel_shape: [5, 5] }),
    nodeProto("Relu", ["c2"], ["r2"]),
    nodeProto("MaxPool", ["r2"], ["p2"], pool),
    nodeProto("Flatten", ["p2"], ["flat"]),
    nodeProto("Gemm", ["flat", "w", "b"], ["logits"]),
  ],
  draw: (seed) => drawDigit(seed),
};

const FRUIT = {
  name: "fruit",
  input: { name: "features", dims: [FEATURES.length] },
  classes: FRUITS.length,
  weights: { w1: [FEATURES.length, 12], b1: [12], w2: [12, FRUITS.length], b2: [FRUITS.length] },
  fixed: { means: FEATURES.map(({ mean }) => mean), spreads: FEATURES.map(({ spread }) => spread) },
  nodes: [
    nodeProto("Sub", ["features", "means"], ["centred"]),
    nodeProto("Div", ["centred", "spreads"], ["standard"]),
    nodeProto("Gemm", ["standard", "w1", "b1"], ["g1"]),
    nodeProto("Relu", ["g1"], ["r1"]),
    nodeProto("Gemm", ["r1", "w2", "b2"], ["logits"]),
  ],
  draw: (seed) => drawFruit(seed),
};

await train(DIGITS, { steps: 900, rows: 50, rate: 0.003 });
await train(FRUIT, { steps: 600, rows: 60, rate: 0.02 });
for (let digit = 0; digit < 10; digit++) {
  const grey = drawDigit(9_000_000 + digit);
  const data = Uint8Array.from({ length: DIGIT_SIDE ** 2 * 3 }, (_, i) => 255 * grey[Math.floor(i / 3)]);
  await writePng(new URL(`digits/${digit}.png`, folder), { width: DIGIT_SIDE, height: DIGIT_SIDE, data });
}
for (let n = 0; n < 8; n++) {
  const { image, className } = drawScene(3_000_000 + n);
  await writePng(new URL(`shapes/${className}.png`, folder), image);
}

/** Adam on the cross entropy; every step sees new drawings. Writes the network, and prints the share of new drawings that it names right. */
async function train(network, { steps, rows, rate }) {
  const { name, input, classes, weights, draw } = network;
  const model = await loadModel(writeModel(modelOf(network, null)), { shared: Object.keys(weights) });
  const values = Object.fromEntries(Object.entries(weights).map(([weight, dims], n) => [weight, initial(dims, n)]));
  const first = Object.fromEntries(Object.entries(weights).map(([weight, dims]) => [weight, new Float64Array(sizeOf(dims))]));
  const second = Object.fromEntries(Object.entries(weights).map(([weight, dims]) => [weight, new Float64Array(sizeOf(dims))]));
  const batch = (start, count) => ({
    x: float32([count, ...input.dims], Float32Array.from(Array.from({ length: count }, (_, n) => [...draw(start + n)]).flat())),
    labels: Array.from({ length: count }, (_, n) => (start + n) % classes),
  });
  for (let step = 0; step < steps; step++) {
    const { x, labels } = batch(step * rows, rows);
    const feeds = { [input.name]: x, ...values };
    const { outputs } = await model.forward({ feeds, outputs: ["logits"] });
    const { cotangent, loss } = crossEntropy(outputs.logits, labels);
    const { gradients } = await model.vjp({ feeds, output: "logits", cotangent, wrt: Object.keys(weights) });
    const now = rate * (step < steps * 0.7 ? 1 : 0.2);
    for (const weight of Object.keys(weights)) {
      values[weight].data.forEach((value, i) => {
        const g = gradients[weight].data[i];
        first[weight][i] += 0.1 * (g - first[weight][i]);
        second[weight][i] += 0.001 * (g * g - second[weight][i]);
        const [m, v] = [first[weight][i] / (1 - 0.9 ** (step + 1)), second[weight][i] / (1 - 0.999 ** (step + 1))];
        values[weight].data[i] = value - (now * m) / (Math.sqrt(v) + 1e-8);
      });
    }
    if (step % 300 === 0) console.log(`${name}, step ${step}: loss ${loss.toFixed(4)}`);
  }
  const { x, labels } = batch(5_000_000, 1000);
  const { outputs } = await model.forward({ feeds: { [input.name]: x, ...values }, outputs: ["logits"] });
  const rowOf = (n) => Array.from(outputs.logits.data.subarray(n * classes, (n + 1) * classes));
  const right = labels.filter((label, n) => rowOf(n).indexOf(Math.max(...rowOf(n))) === label).length;
  console.log(`${name}: ${(right / 10).toFixed(1)} % of 1000 new drawings named right`);
  await mkdir(new URL(`${name}/`, folder), { recursive: true });
  await writeFile(new URL(`${name}/${name}.onnx`, folder), writeModel(modelOf(network, values)));
  await model.dispose();
}

/** The network with its weights as inputs, to be trained; or with their values and a softmax, to be used. */
function modelOf({ input, classes, weights, fixed, nodes }, values) {
  const constants = Object.entries(fixed).map(([name, data]) => tensorProto(name, { type: "float32", dims: [data.length], data: Float32Array.from(data) }));
  const x = valueInfoProto(input.name, "float32", ["N", ...input.dims]);
  if (values === null) {
    const inputs = [x, ...Object.entries(weights).map(([name, dims]) => valueInfoProto(name, "float32", dims))];
    return modelProto({ nodes, inputs, outputs: [valueInfoProto("logits", "float32", ["N", classes])], initializers: constants });
  }
  return modelProto({
    nodes: [...nodes, nodeProto("Softmax", ["logits"], ["probabilities"], { axis: 1 })],
    inputs: [x],
    outputs: [valueInfoProto("probabilities", "float32", ["N", classes])],
    initializers: [...constants, ...Object.entries(values).map(([name, { dims, data }]) => tensorProto(name, { type: "float32", dims, data }))],
  });
}

/** He's initialisation; biases are 0. */
function initial(dims, seed) {
  if (dims.length === 1) return float32(dims);
  const fanIn = dims.length === 4 ? dims[1] * dims[2] * dims[3] : dims[0];
  return float32(
    dims,
    Float32Array.from(createNoise(seed).next(sizeOf(dims)), (value) => value * Math.sqrt(2 / fanIn)),
  );
}

/** The mean loss of a batch, and its gradient with respect to the logits. */
function crossEntropy({ dims, data }, labels) {
  const [rows, classes] = dims;
  const cotangent = new Float32Array(data.length);
  let loss = 0;
  labels.forEach((label, row) => {
    const logits = data.subarray(row * classes, (row + 1) * classes);
    const most = Math.max(...logits);
    const total = logits.reduce((sum, value) => sum + Math.exp(value - most), 0);
    loss -= (logits[label] - most - Math.log(total)) / rows;
    logits.forEach((value, k) => (cotangent[row * classes + k] = (Math.exp(value - most) / total - (k === label ? 1 : 0)) / rows));
  });
  return { cotangent: float32(dims, cotangent), loss };
}
