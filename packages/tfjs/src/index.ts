export { inspectModel } from "./inspect-model.ts";
export type { InspectedOutput, InspectedValue, KernelCoverage, ModelInspection, RectifierCount, RuleStatus } from "./inspect/inspection.ts";
export { loadModel } from "./load-model.ts";
export type { LoadOptions } from "./options.ts";
export type { GradientRule, PullbackCall } from "./gradients/gradient-rule.ts";
export type { EngineName } from "./engine/engine-packages.ts";
export type { FunctionValue, TfjsFunction } from "./networks/function-network.ts";
export type { ModelSource } from "./networks/open-network.ts";
export { VERSION } from "./version.ts";
