import { Worker } from "node:worker_threads";

import { RECTIFIER_NAMES } from "@xdeep/autodiff";
import { conformance } from "@xdeep/conformance";
import { afterAll, describe, it } from "vitest";

import { inWorker } from "../src/index.ts";
import { bundled } from "./bundle.ts";

const scripts = await bundled({
  "onnxruntime.mjs": `
    import { loadModel } from "@xdeep/onnxruntime";
    import { serve } from "./serve.ts";
    serve((bytes, shared) => loadModel(bytes, { intraOpNumThreads: 1, shared }));`,
});
const worker = new Worker(scripts.url("onnxruntime.mjs"));

afterAll(async () => {
  await worker.terminate();
  await scripts.remove();
});

// The whole suite through a thread: one thread serves the models of all cases.
conformance({
  api: { describe, it },
  name: "onnxruntime-node in a worker",
  capabilities: {
    rules: ["standard", "guided", "deconvnet", "deeplift", "lrp", "lrp-epsilon", "attn-lrp", "cp-lrp"],
    rectifiers: RECTIFIER_NAMES,
    innerValues: true,
    logits: true,
    severalTargets: true,
    gpu: false,
    maxBatch: null,
  },
  createModel: (fixture) =>
    inWorker(worker, { arguments: [fixture.onnx(), fixture.inputs.filter(({ batched }) => batched === false).map(({ name }) => name)] }),
});
