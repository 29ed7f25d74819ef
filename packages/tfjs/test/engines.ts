import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-layers";

/** The engines that run in plain Node. */
export const ENGINES = ["cpu", "wasm"] as const;
