import { flippedWeights } from "../../formulas/windows/conv-input-gradient.ts";
import { convRule } from "../../rules/windows/conv.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import { patterned, upsampled } from "./blocked.ts";
import { halvingConv } from "./halving-conv.ts";

/**
 * Conv 1×1 with stride 2: the transposed 1×1 convolution of ȳ, upsampled, times 1 at even rows and columns.
 *
 * ResNet-50: 76.7 → 71.5 ms in a noisy spell, together with the lowered pool and stem 79.1 → 72.3.
 */
export const pointwiseStrideTwo: Lowering = {
  name: "pointwise-stride-two",
  rule: convRule,
  pullback: function pointwiseStrideTwoPullback(context) {
    const { g, input, cotangent, inputCount } = context;
    const conv = halvingConv(context);
    if (conv === null || conv.group !== 1 || conv.kernel.some((size) => size !== 1) || conv.begin.some((pad) => pad !== 0)) return null;
    const even = patterned(context, input(0), "even", (row, column) => (row % 2 === 0 && column % 2 === 0 ? 1 : 0));
    if (even === null) return null;
    const small = g.op("Conv", [cotangent(0), flippedWeights(g, input(1), 1)], { kernel_shape: conv.kernel });
    return [g.mul(upsampled(g, small, 2, 2), even), null, null].slice(0, inputCount);
  },
};
