export type { EngineName, OnnxRuntime } from "./engine/engine.ts";
export { loadModel } from "./load-model.ts";
export { networkOf } from "./network/network-of.ts";
export type { LoadedNetwork } from "./network/network-of.ts";
export type { LoadModelOptions } from "./options.ts";
export type { ModelSource } from "./network/read-source.ts";
