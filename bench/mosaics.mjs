// Where does each method look? Mosaics of four photographs, one of them the target: what share of the positive attribution lies in the target's quarter, and is the
// maximum of the blurred map there? Chance is 25 %.
//
//   node bench/mosaics.mjs MODEL.onnx FOLDER [--preset imagenet] [--mosaics 48] [--methods grad-cam,vanilla,…] [--layer NAME] [--score logit] [--sure 0.5]
//     [--seed 1] [--json FILE]
//
// FOLDER holds at least four photographs of different things. The target is the class that the model sees in the photograph alone; the other three show none of its
// five best classes. Where the model gives that class less than --sure alone, it does not know what the photograph shows, and where it looks then tells nothing of the
// method: such photographs are only beside others. --sure 0 takes them all. --score probability asks a model that ends in a softmax why it is this class rather than
// others: what the photographs beside it have in common with the target counts less. Needs the packages built (npm run build).
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import process from "node:process";

import { float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { preprocess, preprocessBatch } from "@xdeep/image";
import { integrated } from "@xdeep/integrated";
import { gradCam, gradCamPlusPlus, guidedGradCam, hiResCam, layerCam } from "@xdeep/layers";
import { evaluate, pointingGame, relevanceMass } from "@xdeep/metrics";
import { loadModel } from "@xdeep/onnxruntime";
import { smooth } from "@xdeep/smooth";

/** Best classes of a photograph that must not be seen in the others. */
const RIVALS = 5;
/** Standard deviation of the blur before the maximum is looked for, by the side of the mosaic. */
const BLUR = 0.05;

const METHODS = {
  "grad-cam": (model, layer) => gradCam(model, { layer }),
  "grad-cam-plus-plus": (model, layer) => gradCamPlusPlus(model, { layer }),
  "hi-res-cam": (model, layer) => hiResCam(model, { layer }),
  "layer-cam": (model, layer) => layerCam(model, { layer }),
  "guided-grad-cam": (model, layer) => guidedGradCam(model, { layer }),
  "input-x-gradient": (model) => inputXGradient(new Backprop(model)),
  integrated: (model) => integrated(new Backprop(model), { n: 25 }),
  vanilla: (model) => new Backprop(model),
  guided: (model) => new Backprop(model, { guided: true }),
  deconvnet: (model) => new Backprop(model, { rule: "deconvnet" }),
  smooth: (model) => smooth(new Backprop(model), { n: 25, seed: 1 }),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    preset: { type: "string", default: "imagenet" },
    mosaics: { type: "string", default: "48" },
    methods: { type: "string", default: Object.keys(METHODS).join(",") },
    layer: { type: "string" },
    score: { type: "string", default: "logit" },
    sure: { type: "string", default: "0.5" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const [path, folder] = positionals;
if (folder === undefined) fail("Usage: node bench/mosaics.mjs MODEL.onnx FOLDER [--preset imagenet]");
const files = readdirSync(folder)
  .filter((file) => /\.(jpe?g|png|webp)$/i.test(file))
  .toSorted();
const model = await loadModel(path);
const [{ dims }] = model.inputs;
const side = dims[2];
const photographs = [];
for (const file of files) photographs.push(await photograph(file));
const known = photographs.filter(({ share }) => share >= Number(values.sure));
const mosaics = drawMosaics(known, photographs, Number(values.mosaics), Number(values.seed));
if (mosaics.length === 0) fail(`"${folder}" holds no photograph that the model knows, with three others that show something else.`);

const methods = Object.fromEntries(
  values.methods.split(",").map((name) => [name, (METHODS[name] ?? fail(`There is no method "${name}".`))(model, values.layer)]),
);
const cases = mosaics.map(({ tensor, target, mask }) => ({ input: tensor, target, mask }));
const measures = { mass: relevanceMass(), maximum: pointingGame({ blur: BLUR * side }) };
const { results } = await evaluate(methods, cases, measures, { score: values.score, onProgress: showProgress });
const found = Object.keys(methods).map((method) => ({ method, mass: results.mass[method].mean, maximum: results.maximum[method].mean }));

const described = photographs.map(({ file, target, share }) => `${file}: class ${target}, ${percent(share)}`).join("; ");
console.log(`${mosaics.length} mosaics, ${known.length} of ${files.length} photographs the target (${described})\n`);
console.log("| method | mass in the quarter | maximum in it |\n|---|---|---|");
for (const { method, mass, maximum } of found) console.log(`| ${method} | ${percent(mass)} | ${percent(maximum)} |`);
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ model: path, score: values.score, photographs: files, known: known.map(({ file }) => file), mosaics: mosaics.length, found }, null, 2)}\n`,
  );
await model.dispose();

/** A photograph as the model sees it alone, and a quarter as large. */
async function photograph(file) {
  const at = join(folder, file);
  const { tensor } = await preprocess(at, { preset: values.preset, size: side });
  const { outputs } = await model.forward({ feeds: { [model.inputs[0].name]: tensor } });
  const scores = [...outputs[model.outputs[0].name].data];
  const shares = model.outputs[0].activation === "softmax" ? scores : softmax(scores);
  const best = [...scores.keys()].toSorted((a, b) => scores[b] - scores[a]).slice(0, RIVALS);
  return {
    file,
    target: best[0],
    share: shares[best[0]],
    best,
    quarter: (await preprocessBatch([at], { preset: values.preset, size: side / 2, cropFraction: 1 })).tensor,
  };
}

function softmax(scores) {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Every photograph that is known as the target, quarter after quarter; the others are drawn. */
function drawMosaics(known, all, count, seed) {
  const random = createNoise(seed);
  const drawn = (list) => list.map((one) => [random.next(1)[0], one]).toSorted(([a], [b]) => a - b);
  const usable = known.flatMap((one) => {
    const others = all.filter(({ best }) => !best.includes(one.target));
    return others.length < 3 ? [] : [{ one, others }];
  });
  if (usable.length === 0) return [];
  return Array.from({ length: count }, (_, n) => {
    const { one, others } = usable[n % usable.length];
    const quarter = Math.floor(n / usable.length) % 4;
    const parts = drawn(others)
      .slice(0, 3)
      .map(([, other]) => other.quarter.data);
    parts.splice(quarter, 0, one.quarter.data);
    const mask = new Float32Array(side * side).map((__, i) => Number(quarterOf(i % side, Math.floor(i / side)) === quarter));
    return { tensor: joined(parts), target: one.target, mask: float32([1, side, side], mask) };
  });
}

function quarterOf(x, y) {
  return Number(x >= side / 2) + 2 * Number(y >= side / 2);
}

function joined(parts) {
  const half = side / 2;
  const data = new Float32Array(3 * side * side);
  for (let i = 0; i < data.length; i++) {
    const [x, y, channel] = [i % side, Math.floor(i / side) % side, Math.floor(i / (side * side))];
    data[i] = parts[quarterOf(x, y)][(channel * half + (y % half)) * half + (x % half)];
  }
  return float32([1, 3, side, side], data);
}

function showProgress({ done, total }) {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} explanations${done === total ? "\n" : ""}`);
}

function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
