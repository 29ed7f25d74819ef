import type { Value } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * MaxPool: y = max of x over the window;  x̄ = Σ ȳ over the windows whose first maximum is x.
 *
 * The forward node is asked for its indices, so that the maxima need not be found again.
 */
export const maxPoolRule: GradientRule = {
  op: "MaxPool",
  since: [8, 10, 11, 12, 22],
  pullback: function maxPoolPullback(context) {
    const { g, input, cotangent } = context;
    const x = input(0);
    const zeros = g.expand(g.scalar(0, x), g.reshape(g.op("Size", [x]), g.ints([1])));
    const flat = (value: Value): Value => g.reshape(value, g.ints([-1]));
    const scattered = g.op("ScatterElements", [zeros, flat(indicesOf(context)), flat(cotangent(0))], { axis: 0, reduction: "add" });
    return [g.reshapeLike(scattered, x)];
  },
};

/** Row-major position of every maximum in the whole of x. Column-major indices (storage_order 1) are found again in row-major order. */
function indicesOf({ g, node, attributes, input, addOutput }: PullbackContext): Value {
  if (attributes.int("storage_order", 0) === 0) return addOutput(1);
  return g.repeat(node, [input(0)], { storage_order: 0 }, { outputs: 2 })[1] as Value;
}
