import * as ort from "onnxruntime-web/wasm";

import { offer } from "./manifest.ts";
import { onnxModel } from "./onnx-model.ts";

ort.env.wasm.wasmPaths = new URL("engine/", document.baseURI).href;
ort.env.wasm.numThreads = location.hash === "#threads" ? 2 : 1;

offer(async () => ({ createModel: (fixture) => onnxModel(fixture, { engine: ort }) }));
