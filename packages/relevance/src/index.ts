export { deepLift, deepShap } from "./deep-lift.ts";
export type { DeepLiftOptions, DeepShapOptions } from "./deep-lift.ts";
