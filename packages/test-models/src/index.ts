export { analyticModel } from "./analytic-model.ts";
export type { AnalyticInput, AnalyticModel, AnalyticModelOptions, Call } from "./analytic-model.ts";
export { affine, elementwise, quadratic, relu, softmax, softplus } from "./layer.ts";
export type { Layer } from "./layer.ts";
export { randomLayers } from "./random-layers.ts";
export { runExample } from "./run-example.ts";
