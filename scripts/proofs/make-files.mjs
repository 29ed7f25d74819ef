// Writes what the proofs run: two exported explainers, the plain models, inputs, and what the API gives for them. Needs a build.
// usage: node scripts/proofs/make-files.mjs FOLDER PICTURE_MODEL.onnx
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { typedGraph, withOutputs } from "@xdeep/autodiff";
import { float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { beamModule, exportExplainer, rayModule, sparkModule, tritonConfig } from "@xdeep/export";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { gradCam } from "@xdeep/layers";
import { readModel, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { smooth } from "@xdeep/smooth";

import { tokenNetwork, tokenRows } from "./token-network.mjs";

const [folder = "proofs", pictureModel = "../shared/models/squeezenet/squeezenet.onnx"] = process.argv.slice(2);
const ROWS = 3;

mkdirSync(folder, { recursive: true });
await prove("picture", pictureModel, (model) => ({ [model.inputs[0].name]: pictures(model.inputs[0].dims) }));
await prove("tokens", tokenNetwork(), () => ({ ids: tokenRows(ROWS) }), ["embedded"]);

/** Three methods, four points each. */
function explainersOf(model) {
  const gradient = new Backprop(model);
  return { integrated: integrated(gradient, { n: 4 }), smooth: smooth(gradient, { n: 4 }), grad_cam: gradCam(model) };
}

/** One explainer of a model, and what the API gives on both engines: rounding differs between them, and kinks lie between. */
async function prove(name, source, feedsOf, wrt) {
  const model = await loadModel(source);
  const explainers = explainersOf(model);
  const methods = Object.fromEntries(Object.entries(explainers).map(([key, explainer]) => [key, explainer.method]));
  const bytes = await exportExplainer(model, methods, { wrt });
  const file = `${name}.onnx`;
  const feeds = feedsOf(model);
  const expected = await expectedOf(model, feeds, wrt);
  const web = await loadModel(source, { engine: "onnxruntime-web" });
  const expectedWeb = await expectedOf(web, feeds, wrt);
  writeFileSync(join(folder, file), bytes);
  // The model as it is in the explainer, with its batch open.
  const plain = writeModel(
    withOutputs(
      typedGraph(readModel(bytes)),
      model.outputs.map((output) => output.name),
    ),
  );
  writeFileSync(join(folder, `${name}_plain.onnx`), plain);
  for (const [key, tensor] of Object.entries(feeds)) writeTensor(`${name}.input.${key}`, tensor);
  for (const [key, tensor] of Object.entries(expected)) writeTensor(`${name}.expected.${key}`, tensor);
  for (const [key, tensor] of Object.entries(expectedWeb)) writeTensor(`${name}.web.${key}`, tensor);
  for (const [kind, write] of Object.entries({ spark: sparkModule, ray: rayModule, beam: beamModule }))
    for (const [stem, content] of Object.entries({ [name]: bytes, [`${name}_plain`]: plain }))
      writeFileSync(join(folder, `${stem}_${kind}.py`), write(content, `${stem}.onnx`));
  writeFileSync(join(folder, `${name}.config.pbtxt`), tritonConfig(bytes, { name }));
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ file: basename(file), inputs: describe(feeds), expected: describe(expected) }, null, 2));
  await Promise.all([model.dispose(), web.dispose()]);
  console.log(`${name}: ${bytes.length} bytes`);
}

async function expectedOf(model, feeds, wrt) {
  const expected = {};
  for (const [key, explainer] of Object.entries(explainersOf(model))) {
    const { values, scores, target, convergenceDelta } = await explainer.explain(feeds, { wrt });
    expected[`attribution_${key}`] = Object.values(values)[0];
    expected.score = float32([ROWS], scores);
    expected.target = { type: "int64", dims: [ROWS], data: BigInt64Array.from(target, BigInt) };
    if (convergenceDelta !== undefined) expected[`convergence_delta_${key}`] = float32([ROWS], convergenceDelta);
  }
  return { ...expected, ...(await model.forward({ feeds })).outputs };
}

function pictures(dims) {
  const sizes = [ROWS, ...dims.slice(1)];
  const size = sizes.reduce((a, b) => a * b);
  return float32(
    sizes,
    Float32Array.from(createNoise(3).next(size), (value) => 50 * value),
  );
}

function describe(tensors) {
  return Object.fromEntries(Object.entries(tensors).map(([key, { type, dims }]) => [key, { type, dims }]));
}

/** Raw little-endian numbers, which every language reads; their type and dims stand in the JSON file. */
function writeTensor(name, { data }) {
  writeFileSync(join(folder, `${name}.bin`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
