import { type Value, numbersOf, rankOf, axisFromFront } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * CumProd: yᵢ = Π xⱼ over j ≤ i along an axis;  x̄ⱼ = Σ over i ≥ j of ȳᵢ Π xₖ over k ≤ i, k ≠ j.
 *
 * The products without xⱼ are computed with 1 in its place, n² numbers for each line of n, so that zeros do no harm. They stand along a new axis
 * before the axis of the node.
 */
export const cumProdRule: GradientRule = {
  op: "CumProd",
  since: [26],
  pullback: function cumProdPullback(context) {
    const { g, attributes, input, cotangent } = context;
    const x = input(0);
    const axis = positiveAxis(context);
    const list = g.reshape(axis, g.ints([1]));
    const next = g.add(list, g.ints([1]));
    const places = g.op("Range", [g.int(0), g.squeeze(g.gather(g.shapeOf(x), list, 0), [0]), g.int(1)]);
    const [left, factor] = [g.reshape(places, along(context, list)), g.reshape(places, along(context, next))];
    const without = g.where(g.equal(left, factor), g.scalar(1, x), withAxis(context, x, list));
    const attributesOf = { exclusive: attributes.int("exclusive", 0), reverse: attributes.int("reverse", 0) };
    const products = g.op("CumProd", [without, g.squeeze(next, [0])], attributesOf);
    const terms = g.keepWhere(takesPart(context, left, factor), g.mul(withAxis(context, cotangent(0), list), products));
    const dx = g.op("ReduceSum", [terms, next], { keepdims: 0 });
    return [{ name: dx.name, facts: x.facts }, null];
  },
};

/** The axis counted from 0: a constant where it is one. */
function positiveAxis({ g, input }: PullbackContext): Value {
  const rank = rankOf(input(0));
  const given = numbersOf(input(1).facts)?.[0];
  return given === undefined ? g.op("Mod", [g.reshape(g.cast(input(1), "int64"), g.ints([])), g.int(rank)]) : g.int(axisFromFront(given, rank));
}

/** Whether the factor at place j is part of the product at place i. */
function takesPart({ g, attributes }: PullbackContext, j: Value, i: Value): Value {
  const [before, after] = attributes.int("reverse", 0) === 1 ? [i, j] : [j, i];
  return attributes.int("exclusive", 0) === 1 ? g.less(before, after) : g.lessOrEqual(before, after);
}

function withAxis({ g, input }: PullbackContext, value: Value, axis: Value): Value {
  const { name, facts } = g.op("Unsqueeze", [value, axis]);
  return { name, facts: { type: facts.type, dims: facts.dims ?? Array.from({ length: rankOf(input(0)) + 1 }, () => null) } };
}

/** The shape that puts a list along one axis of x with one axis more. */
function along({ g, input }: PullbackContext, axis: Value): Value {
  const axes = g.ints(Array.from({ length: rankOf(input(0)) + 1 }, (_, i) => i));
  return g.where(g.equal(axes, axis), g.int(-1), g.int(1));
}
