import type { Value } from "@xdeep/onnx";
import { biasGradient, convWeightGradient } from "../../formulas/windows/conv-weight-gradient.ts";
import { kernelOf } from "../../formulas/windows/kernel-of.ts";
import type { GradientRule } from "../../sweep/rule.ts";
import { cropToSize, transposedWindows } from "../../formulas/windows/transposed-windows.ts";

/**
 * ConvTranspose: y = Wᵀ x + b;  x̄ = W ∗ ȳ, the convolution it is the transpose of, W̄ = ȳ ∗ x over the batch, b̄ = Σ ȳ over batch and space.
 *
 * Weights are [C, M / group, …kernel], which is what the convolution from y's channels to x's takes.
 */
export const convTransposeRule: GradientRule = {
  op: "ConvTranspose",
  since: [1, 11, 22],
  pullback: function convTransposePullback({ g, node, attributes, input, hasInput, output, cotangent, wants, inputCount }) {
    const [x, weights, dy] = [input(0), input(1), cotangent(0)];
    const windows = transposedWindows(attributes, kernelOf(attributes, weights, node), x, output(0), node);
    const { kernel, strides, dilations, pads } = windows;
    const group = attributes.int("group", 1);
    const forward = { kernel_shape: kernel, strides, dilations, group, pads: [...pads.begin, ...pads.end] };
    const gradients: (Value | null)[] = [
      wants(0) ? cropToSize(g, g.op("Conv", [dy, weights], forward), x, windows) : null,
      wants(1) ? convWeightGradient(g, windows, group, dy, x) : null,
      hasInput(2) && wants(2) ? biasGradient(g, dy) : null,
    ];
    return gradients.slice(0, inputCount);
  },
};
