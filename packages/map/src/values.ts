/** Attributions as maps of one value per pixel: what `<xdeep-map>` and @xdeep/image share. It needs no page. */
export { axesOf, reduceChannels, requireFinite } from "./values/attribution-map.ts";
export type { AttributionMap, ChannelReduction, ImageAxes, ReduceOptions } from "./values/attribution-map.ts";
export { blurMap } from "./values/blur-map.ts";
export { absolutePercentile, normalizeMap, normalizeSignedMap } from "./values/normalize-map.ts";
export type { NormalizeOptions } from "./values/normalize-map.ts";
