import { io } from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { conformance } from "@xdeep/conformance";
import { reportFile } from "@xdeep/conformance/report-file";
import { describe, it } from "vitest";

import { loadModel } from "../src/index.ts";
import { RECTIFIER_NAMES } from "../src/tape/rectifier.ts";
import { ENGINES } from "./engines.ts";

for (const engine of ENGINES) {
  conformance({
    api: { describe, it },
    name: `tfjs-${engine}`,
    layout: "NHWC",
    capabilities: {
      rules: ["standard", "guided", "deconvnet", "deeplift", "lrp-epsilon"],
      rectifiers: RECTIFIER_NAMES,
      innerValues: true,
      logits: true,
      severalTargets: true,
      gpu: false,
      maxBatch: null,
    },
    createModel: async (fixture) => loadModel(await loadLayersModel(io.fromMemory(fixture.layersModel())), { engine }),
    unsupported: ["shared-inputs", "fixed-batch-shared-inputs", "state-input"].map((fixture) => ({
      fixture,
      reason: "every input of a LayersModel has a batch axis",
    })),
    onReport: reportFile(new URL(`../../../docs/conformance/tfjs-${engine}.json`, import.meta.url)),
  });
}
