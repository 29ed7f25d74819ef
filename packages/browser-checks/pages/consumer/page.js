// What users write: every way to hand over a model and a picture, on both backends, in this thread and in a worker.
import { Backprop } from "@xdeep/guided";
import { preprocess, renderOverlay, rgbaFromRgb } from "@xdeep/image";
import { integrated } from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import { loadModel as loadTfjsModel } from "@xdeep/tfjs";
import { inWorker } from "@xdeep/worker";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import * as ort from "onnxruntime-web/wasm";

const fetched = (name) => fetch(new URL(name, document.baseURI));
const file = async (name) => new File([await (await fetched(name)).arrayBuffer()], name);

async function explained(model, tensor) {
  const explainer = integrated(new Backprop(model), { n: 5 });
  const { values, target, scores } = await explainer.explain(tensor);
  await model.dispose();
  return { engine: model.engine, values: [...values.data], target, scores: [...scores] };
}

async function run() {
  const unit = { preset: "unit", size: 64 };
  const pictures = {
    address: await preprocess("picture.jpg", unit),
    Response: await preprocess(await fetched("picture.jpg"), unit),
    File: await preprocess(await file("picture.jpg"), unit),
    stream: await preprocess((await fetched("picture.jpg")).body, unit),
  };
  const { tensor, picture } = pictures.address;
  const models = {
    address: await loadModel("shapes.onnx", { engine: ort }),
    Response: await loadModel(await fetched("shapes.onnx"), { engine: ort }),
    File: await loadModel(await file("shapes.onnx"), { engine: ort }),
    stream: await loadModel((await fetched("shapes.onnx")).body, { engine: ort }),
  };
  const onnx = {};
  for (const [source, model] of Object.entries(models)) onnx[source] = await explained(model, tensor);
  const worker = { worker: () => new Worker(new URL("./explain.worker.js", import.meta.url), { type: "module" }) };
  onnx.worker = await explained(await inWorker(worker, { arguments: [new URL("shapes.onnx", document.baseURI).href] }), tensor);
  const channelsLast = (await preprocess("picture.jpg", { ...unit, layout: "NHWC" })).tensor;
  const tfjs = {
    address: await explained(await loadTfjsModel("shapes-tfjs/model.json", { engine: "cpu", library: tfl }), channelsLast),
    File: await explained(
      await loadTfjsModel(await file("shapes-tfjs/model.json"), {
        engine: "cpu",
        library: tfl,
        weightFiles: { "weights.bin": await file("shapes-tfjs/weights.bin") },
      }),
      channelsLast,
    ),
  };
  const overlay = rgbaFromRgb(renderOverlay(picture, { type: "float32", dims: [3, 64, 64], data: Float32Array.from(onnx.address.values) }));
  const pixels = Object.fromEntries(Object.entries(pictures).map(([source, each]) => [source, [...each.picture.data]]));
  return { pixels, onnx, tfjs, overlay: overlay.length };
}

run().then(
  (result) => (globalThis.result = result),
  (error) => (globalThis.result = { error: `${error.stack}` }),
);
