import * as ort from "onnxruntime-web/webgpu";

import { offer } from "./manifest.ts";
import { onnxModel } from "./onnx-model.ts";

ort.env.wasm.wasmPaths = new URL("engine/", document.baseURI).href;
ort.env.wasm.numThreads = 1;

offer(async () => ({ createModel: (fixture) => onnxModel(fixture, { engine: ort, useGpu: true, allowSoftwareGpu: true }) }));
