import type { Value } from "@xdeep/onnx";
import { spatialDims, windowsOf } from "../../formulas/windows/conv-geometry.ts";
import { convInputGradient } from "../../formulas/windows/conv-input-gradient.ts";
import { biasGradient, convWeightGradient } from "../../formulas/windows/conv-weight-gradient.ts";
import { kernelOf } from "../../formulas/windows/kernel-of.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Conv: y = W ∗ x + b;  x̄ = Wᵀ ȳ, the transposed convolution, W̄ = x ∗ ȳ over the batch, b̄ = Σ ȳ over batch and space.
 *
 * Any number of spatial axes, with groups, dilations, strides, asymmetric pads and auto_pad.
 */
export const convRule: GradientRule = {
  op: "Conv",
  since: [1, 11, 22],
  pullback: function convPullback({ g, node, attributes, input, hasInput, cotangent, wants, inputCount }) {
    const [x, weights, dy] = [input(0), input(1), cotangent(0)];
    const windows = windowsOf(attributes, kernelOf(attributes, weights, node), spatialDims(x));
    const group = attributes.int("group", 1);
    const gradients: (Value | null)[] = [
      wants(0) ? convInputGradient(g, { windows, group, weights, input: x }, dy) : null,
      wants(1) ? convWeightGradient(g, windows, group, x, dy) : null,
      hasInput(2) && wants(2) ? biasGradient(g, dy) : null,
    ];
    return gradients.slice(0, inputCount);
  },
};
