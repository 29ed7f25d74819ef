export type { Baseline, BaselineOption } from "@xdeep/core/method";
export { generateIntegratedGrad } from "./generate-integrated-grad.ts";
export type { GenerateIntegratedGradOptions } from "./generate-integrated-grad.ts";
export { integrated } from "./integrated.ts";
export { QUADRATURES, quadrature } from "./fixed/quadrature.ts";
export type { Quadrature, QuadratureName } from "./fixed/quadrature.ts";
export { DEFAULT_MAX_STEPS, DEFAULT_RELATIVE_TOLERANCE, DEFAULT_STEPS } from "./settings.ts";
export type { IntegratedOptions } from "./settings.ts";
