// How many gradients integrated gradients take until they add up, against uniform midpoints: counts, not times, so that a busy machine does no harm.
//
//   npm run bench:points -- FOLDER [NETWORK…] [--tolerance 0.01] [--most 200]
//
// FOLDER holds a folder for each network: model.onnx, and x_0.npy, x_1.npy, …, its inputs in their order, float32 with a row for each sample. Each row
// is explained from a baseline of 0, for its own largest class.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { parse } from "npyjs";

import { float32, isTensor, sliceRows } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tolerance: { type: "string", default: "0.01" }, most: { type: "string", default: "200" } },
});
const [folder, ...asked] = positionals;
if (folder === undefined) fail("Name a folder of networks: npm run bench:points -- FOLDER");
const tolerance = Number(values.tolerance);
const most = Number(values.most);
/** What the attributions are held against. */
const MANY = 5 * most;

const networks = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && (asked.length === 0 || asked.includes(entry.name)))
  .map(({ name }) => name);
if (networks.length === 0) fail(`"${folder}" holds no such network.`);

console.log(`Relative tolerance ${tolerance}. Error: of the attributions, against ${MANY} midpoints, in the 2-norm.\n`);
const HEAD = ["Network, row", "Points", "Reached", "\\|delta\\|", "Error expected", "Error", "Midpoints for the tolerance", "for this error"];
console.log(line(HEAD));
console.log(line(HEAD.map((_, i) => (i === 0 ? "---" : "---:"))));
for (const name of networks) await measure(name);
process.exit(0);

async function measure(name) {
  const model = await loadModel(join(folder, name, "model.onnx"), { intraOpNumThreads: 1 });
  const inputs = model.inputs.map((info, i) => [info.name, readTensor(join(folder, name, `x_${i}.npy`))]);
  const rows = inputs[0][1].dims[0];
  for (let row = 0; row < rows; row++) {
    const input = Object.fromEntries(inputs.map(([key, tensor]) => [key, sliceRows(tensor, row, row + 1)]));
    const explain = async (options) => {
      const { values: found, convergenceDelta, provenance } = await integrated(new Backprop(model), options).explain(input);
      return { values: flat(found), delta: convergenceDelta[0], ...provenance.method.parameters };
    };
    const known = (await explain({ n: MANY })).values;
    const adaptive = await explain({ relativeTolerance: tolerance, maxSteps: most });
    const difference = Math.abs(sum(adaptive.values) - adaptive.delta);
    const error = distance(adaptive.values, known);
    const midpoints = [];
    for (let n = 1; n <= most; n += n < 40 ? 1 : 4) {
      const { values: found, delta } = await explain({ n });
      midpoints.push({ n, delta: Math.abs(delta), error: distance(found, known) });
    }
    const cells = [
      adaptive.steps[0],
      adaptive.converged[0] ? "yes" : "no",
      percent(Math.abs(adaptive.delta) / difference),
      percent(adaptive.expectedError[0]),
      percent(error),
      staying(midpoints, (each) => each.delta <= tolerance * difference),
      staying(midpoints, (each) => each.error <= error),
    ];
    console.log(line([`${name} ${row}`, ...cells]));
  }
  await model.dispose();
}

/** The fewest midpoints from which on none do worse: one that happens to hit is chance. */
function staying(midpoints, holds) {
  const last = midpoints.findLastIndex((each) => !holds(each));
  return midpoints[last + 1]?.n ?? `> ${most}`;
}

function readTensor(file) {
  const { data, shape } = parse(new Uint8Array(readFileSync(file)).buffer);
  return float32(shape, Float32Array.from(data));
}

function flat(found) {
  return isTensor(found) ? [...found.data] : Object.values(found).flatMap(({ data }) => [...data]);
}

function distance(a, b) {
  return Math.sqrt(sum(a.map((value, i) => (value - b[i]) ** 2)) / sum(b.map((value) => value ** 2)));
}

function sum(list) {
  return list.reduce((total, value) => total + value, 0);
}

function percent(share) {
  return `${(100 * share).toPrecision(2)} %`;
}

function line(cells) {
  return `| ${cells.join(" | ")} |`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
