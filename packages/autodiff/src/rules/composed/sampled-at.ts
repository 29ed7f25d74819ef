import type { GraphBuilder, Value } from "@xdeep/onnx";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule } from "../../sweep/rule.ts";
import { addRule } from "../arithmetic/add.ts";
import { gatherElementsRule } from "../selection/gather-elements.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { reshapeRule } from "../layout/reshape.ts";
import { unsqueezeRule } from "../layout/squeeze.ts";
import { sumRule } from "../arithmetic/sum.ts";

/** The rules that `sampledAt` is composed of. */
export const sampledAtRules: readonly GradientRule[] = [addRule, gatherElementsRule, mulRule, reshapeRule, sumRule, unsqueezeRule];

/** Elements along one spatial axis that each point is made of: [N, points] whole numbers inside the axis, and their weights (null for 1). */
export interface AxisTap {
  readonly index: Value;
  readonly weight: Value | null;
}

/**
 * The terms whose sum is x, [N, C, …space], at points: for every choice of one tap per axis, the elements there times the product of the
 * weights, [N, C, points].
 */
export function sampledAt(g: GraphBuilder, x: Value, taps: readonly (readonly AxisTap[])[]): readonly Value[] {
  const flat = g.reshape(x, g.ints([0, 0, -1]));
  const rows = joinInts(g, [g.ints([1]), g.dimOf(x, 1), g.ints([1])]);
  const choices = taps.reduce<readonly AxisTap[]>(
    (chosen, axisTaps, axis) => chosen.flatMap((tap) => axisTaps.map((next) => combined(g, tap, next, axis === 0 ? null : size(axis)))),
    [{ index: g.scalar(0, x), weight: null }],
  );
  return choices.map(({ index, weight }) => {
    const offsets = g.expand(g.unsqueeze(g.cast(index, "int64"), [1]), rows);
    const elements = g.op("GatherElements", [flat, offsets], { axis: 2 });
    return weight === null ? elements : g.mul(elements, g.unsqueeze(weight, [1]));
  });

  function size(axis: number): Value {
    return axisSize(g, x, axis);
  }
}

/** The size of a spatial axis as a number of the float type of x, [1]. */
export function axisSize(g: GraphBuilder, x: Value, axis: number): Value {
  const dim = x.facts.dims?.[axis + 2];
  return typeof dim === "number" ? g.scalar(dim, x) : g.castLike(g.dimOf(x, axis + 2), x);
}

/** A choice of taps along the axes so far and along one more: the position in row-major order, and the product of the weights. */
function combined(g: GraphBuilder, before: AxisTap, next: AxisTap, size: Value | null): AxisTap {
  const index = size === null ? next.index : g.add(g.mul(before.index, size), next.index);
  if (before.weight === null || next.weight === null) return { index, weight: before.weight ?? next.weight };
  return { index, weight: g.mul(before.weight, next.weight) };
}
