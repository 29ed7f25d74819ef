export { loadModel } from "./load-model.ts";
export type { LoadOptions } from "./load-model.ts";
export type { EngineName } from "./engine-packages.ts";
export type { FunctionValue, TfjsFunction } from "./function-network.ts";
export type { ModelSource } from "./open-network.ts";
export { VERSION } from "./version.ts";
