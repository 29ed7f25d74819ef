import { loadModel } from "@xdeep/onnxruntime";
import { serve } from "@xdeep/worker/serve";
import * as ort from "onnxruntime-web/wasm";

serve((url) => loadModel(url, { engine: ort }));
