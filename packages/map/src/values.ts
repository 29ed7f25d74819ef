/** Attributions as maps of one value per pixel: what `<xdeep-map>` and @xdeep/image share. It needs no page. */
export { axesOf, reduceChannels, requireFinite } from "./attribution-map.ts";
export type { AttributionMap, ChannelReduction, ImageAxes, ReduceOptions } from "./attribution-map.ts";
export { blurMap } from "./blur-map.ts";
export { absolutePercentile, normalizeMap, normalizeSignedMap } from "./normalize-map.ts";
export type { NormalizeOptions } from "./normalize-map.ts";
