import { type GraphBuilder, type Value } from "@xdeep/onnx";
import { copyAdjoint } from "../../formulas/copy-adjoint.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * Pad: y is x with elements added around it;  x̄ is the part of ȳ where x stands, plus, in the modes that repeat elements of x, what their
 * copies got. The cotangent of the constant is Σ ȳ over the elements that hold it.
 *
 * Negative pads cut off; what is gone gets 0.
 */
export const padRule: GradientRule = {
  op: "Pad",
  since: [13, 18, 19, 21, 23, 24, 25],
  pullback: function padPullback(context) {
    const { g, attributes, input, hasInput, cotangent, inputCount, wants } = context;
    const [pads, axes] = [input(1), hasInput(3) ? input(3) : null];
    const mode = attributes.string("mode", "constant");
    if (mode !== "constant") {
      const dx = copyAdjoint(g, input(0), cotangent(0), true, (positions) => g.op("Pad", [positions, pads, null, axes], { mode }));
      return [dx, null, null, null].slice(0, inputCount);
    }
    const dx = wants(0) ? g.op("Pad", [cotangent(0), g.neg(pads), null, axes]) : null;
    return [dx, null, hasInput(2) && wants(2) ? constantCotangent(g, context, axes) : null, null].slice(0, inputCount);
  },
};

function constantCotangent(g: GraphBuilder, { input, cotangent }: PullbackContext, axes: Value | null): Value {
  const [x, pads, constant] = [input(0), input(1), input(2)];
  const added = g.op("Pad", [g.zerosLike(x), pads, g.scalar(1, x), axes]);
  const sum = g.op("ReduceSum", [g.keepWhere(g.greater(added, g.scalar(0, added)), cotangent(0))], { keepdims: 0 });
  return g.reshapeLike(sum, constant);
}
