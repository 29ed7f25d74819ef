export type { EngineName, OnnxRuntime } from "./engine.ts";
export { loadModel } from "./load-model.ts";
export { networkOf } from "./network-of.ts";
export type { LoadedNetwork } from "./network-of.ts";
export type { LoadModelOptions } from "./options.ts";
export type { ModelSource } from "./read-source.ts";
