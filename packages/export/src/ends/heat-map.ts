import { XDeepError } from "@xdeep/core";
import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";

import { innerAxes } from "../network/axes.ts";

/** A picture of the attribution for places that have no code: uint8 [N, H, W], each row from 0 to its own largest entry at 255. */
export interface HeatMap {
  /** What becomes of channels: "sumAbs" Σ |a| (the default), "absSum" |Σ a|, "maxAbs" max |a|, "positive" max(0, Σ a). */
  readonly reduce?: HeatMapReduction | undefined;
}

export type HeatMapReduction = "sumAbs" | "absSum" | "maxAbs" | "positive";

const REDUCTIONS: Readonly<Record<HeatMapReduction, (g: GraphBuilder, values: Value, axis: number) => Value>> = {
  sumAbs: (g, values, axis) => g.reduceSum(g.abs(values), [axis], false),
  absSum: (g, values, axis) => g.abs(g.reduceSum(values, [axis], false)),
  maxAbs: (g, values, axis) => g.op("ReduceMax", [g.abs(values), g.ints([axis])], { keepdims: 0 }),
  positive: (g, values, axis) => g.relu(g.reduceSum(values, [axis], false)),
};

/**
 * Writes the heat map of an attribution [N, …] with channels at `axis`: reduced, divided by the largest entry of its row, rounded. A row of zeros stays zero.
 *
 * @throws {XDeepError} OPTION_INVALID for an unknown reduction, or an attribution without channels and positions
 */
export function heatMap(g: GraphBuilder, values: Value, axis: number, { reduce = "sumAbs" }: HeatMap): Value {
  const reduction = Object.hasOwn(REDUCTIONS, reduce) ? REDUCTIONS[reduce] : undefined;
  if (reduction === undefined) {
    throw new XDeepError("OPTION_INVALID", `heatMap: reduce is one of ${Object.keys(REDUCTIONS).join(", ")}, got ${JSON.stringify(reduce)}.`, {
      details: { option: "reduce", got: reduce },
    });
  }
  if (rankOf(values) < 3)
    throw new XDeepError("OPTION_INVALID", "A heat map needs an attribution with channels and positions, [N, C, H, W] or the like.", {
      details: { dims: values.facts.dims },
    });
  const map = reduction(g, values, axis);
  const most = g.op("ReduceMax", [map, g.ints(innerAxes(map))], { keepdims: 1 });
  const scale = g.where(g.greater(most, g.scalar(0, most)), most, g.scalar(1, most));
  return g.cast(g.op("Round", [g.scale(g.div(map, scale), 255)]), "uint8");
}
