import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-layers";
import { setBackend } from "@tensorflow/tfjs-core";

// Networks that tests build need a backend of their own, as in a user's program.
await setBackend("cpu");

/** The engines that run in plain Node. */
export const ENGINES = ["cpu", "wasm"] as const;
