export { Backprop } from "./backprop.ts";
export type { BackpropOptions, CalculateGradientsOptions } from "./backprop.ts";
export { channelAxis, takeMaximum } from "./take-maximum.ts";
export { inputXGradient } from "./input-x-gradient.ts";
