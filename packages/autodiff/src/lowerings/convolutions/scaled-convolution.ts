import { type GraphBuilder, type NodeProto, type Value, numbersOf, unknownFacts } from "@xdeep/onnx";
import { batchNormalizationRule } from "../../rules/normalization/batch-normalization.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import type { PullbackContext } from "../../sweep/rule.ts";

/**
 * BatchNormalization whose cotangent is a convolution times a mask: scale · (mask ⊙ W z) = mask ⊙ ((scale W) z), the factor folded into the
 * convolution's weights when the model is loaded.
 *
 * DenseNet-121: 77.3 → 76.2 ms, with the other lowerings 71.0 → 69.8.
 */
export const scaledConvolution: Lowering = {
  name: "scaled-convolution",
  rule: batchNormalizationRule,
  pullback: function scaledConvolutionPullback(context) {
    const { g, attributes, input, cotangent, wants, inputCount } = context;
    if (attributes.int("training_mode", 0) === 1 || [1, 2, 3, 4].some(wants)) return null;
    const [scale, variance] = [numbersOf(input(1).facts), numbersOf(input(4).facts)];
    const masked = maskedConvolution(context, cotangent(0));
    if (scale === null || variance === null || masked === null || cotangent(0).facts.type !== "float32") return null;
    const epsilon = attributes.float("epsilon", 1e-5);
    const factors = Float32Array.from(scale, (value, i) => value / Math.sqrt(variance[i]! + epsilon));
    const [dy, weights] = masked.convolution.input.map((name) => known(g, name)) as [Value, Value];
    const scaled = g.mul(weights, g.constant({ type: "float32", dims: [factors.length, 1, 1, 1], data: factors }, "factors"));
    const [convolved] = g.repeat(masked.convolution, [dy, scaled]);
    return [g.mul(convolved!, masked.mask), ...Array.from({ length: inputCount - 1 }, () => null)];
  },
};

/** The parts of a cotangent that was written as Mul(Conv(z, W), mask). */
function maskedConvolution({ g, around }: PullbackContext, dy: Value): { readonly convolution: NodeProto; readonly mask: Value } | null {
  const product = around.writtenBy(dy);
  if (product?.opType !== "Mul") return null;
  const [factor, mask] = product.input.map((name) => known(g, name)) as [Value, Value];
  const convolution = around.writtenBy(factor);
  if (around.writtenBy(mask)?.opType !== "HardSigmoid" || convolution?.opType !== "Conv" || convolution.input.length !== 2) return null;
  return known(g, convolution.input[1]!).facts.dims?.length === 4 ? { convolution, mask } : null;
}

function known(g: GraphBuilder, name: string): Value {
  return { name, facts: g.facts.get(name) ?? unknownFacts };
}
