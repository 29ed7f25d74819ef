export type { EngineName, OnnxRuntime } from "./engine.ts";
export { loadModel } from "./load-model.ts";
export type { LoadModelOptions } from "./options.ts";
export type { ModelSource } from "./read-source.ts";
