export { createDraws } from "./draws.ts";
export type { Draws } from "./draws.ts";
export type { NoiseOption } from "./explicit-noise.ts";
export { DEFAULT_SIGMA_MULTIPLIER, generateSmoothGrad } from "./generate-smooth-grad.ts";
export type { GenerateSmoothGradOptions } from "./generate-smooth-grad.ts";
export { DEFAULT_DRAWS, DEFAULT_NOISE_LEVEL, DEFAULT_SEED } from "./settings.ts";
export type { Aggregate, NoiseSettings, SmoothOptions } from "./settings.ts";
export { smooth } from "./smooth.ts";
