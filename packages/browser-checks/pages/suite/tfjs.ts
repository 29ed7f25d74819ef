import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { io, setBackend } from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { loadModel } from "@xdeep/tfjs";

import { offer } from "./manifest.ts";

setWasmPaths(new URL("engine/", document.baseURI).href);
setThreadsCount(1);
const engine = location.hash.slice(1);

offer(async () => {
  // Weights of models that a page loads itself need an engine that has started.
  await setBackend(engine);
  return {
    layout: "NHWC",
    createModel: async (fixture) => loadModel(await loadLayersModel(io.fromMemory(fixture.layersModel())), { engine }),
  };
});
