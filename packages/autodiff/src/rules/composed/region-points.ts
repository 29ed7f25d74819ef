import type { Attributes, GraphBuilder, Value } from "@xdeep/onnx";
import type { AxisTap } from "./sampled-at.ts";

/** The side of a region along one axis: [regions, 1] each. */
export interface RegionSide {
  readonly from: Value;
  readonly to: Value;
}

/** Where RoiAlign reads along one axis: [regions, bins · samples]. */
export function regionPoints(g: GraphBuilder, attributes: Attributes, { from, to }: RegionSide, bins: number, samples: number): Value {
  const scale = attributes.float("spatial_scale", 1);
  const half = attributes.string("coordinate_transformation_mode", "half_pixel") === "half_pixel";
  const start = half ? g.shift(g.scale(from, scale), -0.5) : g.scale(from, scale);
  const extent = g.scale(g.sub(to, from), scale);
  const length = half ? extent : g.op("Max", [extent, g.scalar(1, extent)]);
  const shares = g.table("float32", [1, bins * samples], (i) => (i + 0.5) / (bins * samples), "shares");
  return g.add(start, g.mul(length, g.castLike(shares, from)));
}

/** The two elements around each point along an axis and their weights; none where a point lies more than one element outside. */
export function pointTaps(g: GraphBuilder, at: Value, size: Value): readonly AxisTap[] {
  const last = g.shift(size, -1);
  const inside = g.and(g.greaterOrEqual(at, g.scalar(-1, at)), g.lessOrEqual(at, size));
  const position = g.op("Min", [g.op("Max", [at, g.scalar(0, at)]), last]);
  const first = g.op("Floor", [position]);
  const share = g.sub(position, first);
  return [
    { index: first, weight: g.keepWhere(inside, g.sub(g.scalar(1, share), share)) },
    { index: g.op("Min", [g.shift(first, 1), last]), weight: g.keepWhere(inside, share) },
  ];
}
