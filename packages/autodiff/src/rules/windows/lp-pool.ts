import { type Attributes, type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { absRule } from "../arithmetic/abs.ts";
import { convRule } from "./conv.ts";
import { powRule } from "../arithmetic/pow.ts";
import { reduceSumRule } from "../reductions/reduce-sum.ts";
import { reshapeRule } from "../layout/reshape.ts";
import { whereRule } from "../arithmetic/where.ts";

const rules: readonly GradientRule[] = [absRule, convRule, powRule, reduceSumRule, reshapeRule, whereRule];

/**
 * LpPool: y = (Σ |x|ᵖ)^(1/p) over windows;  composed, the sums as a convolution with ones.
 *
 * Nothing passes where a sum is 0.
 */
export const lpPoolRule: GradientRule = { op: "LpPool", since: [11, 18, 22], pullback: /* @__PURE__ */ composedPullback(rules, lpPool) };

/** GlobalLpPool: y = (Σ |x|ᵖ)^(1/p) over space;  composed. Nothing passes where a sum is 0. */
export const globalLpPoolRule: GradientRule = {
  op: "GlobalLpPool",
  since: [2, 22],
  pullback: /* @__PURE__ */ composedPullback(rules, function globalLpPool({ g, attributes, input }) {
    const space = g.ints(Array.from({ length: rankOf(input(0)) - 2 }, (_, axis) => axis + 2));
    return [root(g, g.op("ReduceSum", [power(g, input(0), attributes), space], { keepdims: 1 }), attributes)];
  }),
};

function lpPool({ g, node, attributes, input, output }: PullbackContext): readonly Value[] {
  const kernel = attributes.ints("kernel_shape", []);
  if (attributes.int("ceil_mode", 0) !== 0) throw unsupportedNode(node, "ceil_mode is not known. Export the model with windows that fit (ceil_mode=0).");
  const x = input(0);
  const spatial = kernel.map((_, axis) => g.dimOf(x, axis + 2));
  const planes = g.reshape(power(g, x, attributes), joinInts(g, [g.ints([-1, 1]), ...spatial]));
  const ones = g.castLike(
    g.table("float32", [1, 1, ...kernel], () => 1, "ones"),
    x,
  );
  const windows = {
    kernel_shape: kernel,
    strides: attributes.ints("strides"),
    dilations: attributes.ints("dilations"),
    pads: attributes.ints("pads"),
    auto_pad: attributes.string("auto_pad", "NOTSET"),
  };
  return [g.reshapeLike(root(g, g.op("Conv", [planes, ones], windows), attributes), output(0))];
}

function power(g: GraphBuilder, x: Value, attributes: Attributes): Value {
  const p = attributes.int("p", 2);
  return p === 1 ? g.abs(x) : g.pow(g.abs(x), g.scalar(p, x));
}

/** The p-th root, with no slope at 0. */
function root(g: GraphBuilder, sum: Value, attributes: Attributes): Value {
  const p = attributes.int("p", 2);
  if (p === 1) return sum;
  const empty = g.equal(sum, g.scalar(0, sum));
  return g.where(empty, g.scalar(0, sum), g.pow(g.where(empty, g.scalar(1, sum), sum), g.scalar(1 / p, sum)));
}
