export { deepLift, deepShap } from "./deep-lift.ts";
export type { DeepLiftOptions, DeepShapOptions } from "./deep-lift.ts";
export { attnLrp, cpLrp, lrp } from "./lrp.ts";
export type { AttnLrpOptions, Bound, CompositeEntry, CompositeName, LayerRule, LrpOptions } from "./lrp.ts";
