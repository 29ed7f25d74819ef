import { RECTIFIER_NAMES } from "@xdeep/autodiff";
import { conformance } from "@xdeep/conformance";
import { reportFile } from "@xdeep/conformance/report-file";
import { describe, it } from "vitest";

import { loadModel } from "../src/index.ts";

for (const engine of ["onnxruntime-node", "onnxruntime-web"] as const) {
  conformance({
    api: { describe, it },
    name: engine,
    capabilities: {
      rules: ["standard", "guided", "deconvnet", "deeplift", "lrp", "lrp-epsilon", "attn-lrp", "cp-lrp"],
      rectifiers: RECTIFIER_NAMES,
      innerValues: true,
      logits: true,
      severalTargets: true,
      gpu: false,
      maxBatch: null,
    },
    // Said of every model, because a file that fixes the batch does not tell it from a table of the same length.
    createModel: ({ onnx, inputs }) => loadModel(onnx(), { engine, shared: inputs.filter(({ batched }) => batched === false).map(({ name }) => name) }),
    onReport: reportFile(new URL(`../../../docs/conformance/${engine}.json`, import.meta.url)),
  });
}
