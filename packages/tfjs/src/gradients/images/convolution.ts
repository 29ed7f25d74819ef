import { type Tensor, backend_util, transpose } from "@tensorflow/tfjs-core";

import { convolutionBackward, depthwiseBackward } from "../../formulas/convolution-backward.ts";
import { throughActivation } from "../products/fused-activation.ts";
import type { GradientRule, PullbackCall } from "../gradient-rule.ts";
import { geometryOf } from "../../formulas/window-geometry.ts";

/** Conv2D: y = x ∗ w;  x̄ = ȳ ∗ turned w. Filters carry no gradient. */
export const conv2dRule: GradientRule = { kernel: "Conv2D", needs: { x: ["filter"] }, pullback: (call) => ({ x: inputOf(call, call.dy, false) }) };

/** DepthwiseConv2dNative: as Conv2D, channel by channel. */
export const depthwiseConv2dRule: GradientRule = {
  kernel: "DepthwiseConv2dNative",
  needs: { x: ["filter"] },
  pullback: (call) => ({ x: inputOf(call, call.dy, true) }),
};

/** FusedConv2D: y = f(x ∗ w + b);  z̄ = f′ ȳ, x̄ = z̄ ∗ turned w. */
export const fusedConv2dRule: GradientRule = fused("FusedConv2D", false);

/** FusedDepthwiseConv2D: as FusedConv2D, channel by channel. */
export const fusedDepthwiseConv2dRule: GradientRule = fused("FusedDepthwiseConv2D", true);

function fused(kernel: string, isDepthwise: boolean): GradientRule {
  return {
    kernel,
    needs: { x: ["filter"] },
    needsOutput: true,
    pullback: (call) => ({ x: inputOf(call, throughActivation(call.attrs["activation"], call.dy, call.output), isDepthwise) }),
  };
}

type Shape4 = [number, number, number, number];
type Pair = number | [number, number];

function inputOf({ attrs, shapes, input, cache }: PullbackCall, dz: Tensor, isDepthwise: boolean): Tensor {
  const isNchw = attrs["dataFormat"] === "NCHW";
  const info = backend_util.computeConv2DInfo(
    shapes["x"] as Shape4,
    shapes["filter"] as Shape4,
    attrs["strides"] as Pair,
    (attrs["dilations"] as Pair | null | undefined) ?? 1,
    attrs["pad"] as "same" | "valid",
    attrs["dimRoundingMode"] as "floor" | undefined,
    isDepthwise,
    isNchw ? "channelsFirst" : "channelsLast",
  );
  const backward = isDepthwise ? depthwiseBackward : convolutionBackward;
  if (!isNchw) return backward(dz, input("filter"), geometryOf(info), cache);
  return transpose(backward(transpose(dz, [0, 2, 3, 1]), input("filter"), geometryOf(info), cache), [0, 3, 1, 2]);
}
