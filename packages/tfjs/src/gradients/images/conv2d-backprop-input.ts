import { type Tensor4D, conv2d } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Conv2DBackpropInput, the transposed convolution: its cotangent is the convolution that it transposes. */
export const conv2dBackpropInputRule: GradientRule = {
  kernel: "Conv2DBackpropInput",
  needs: { dy: ["filter"] },
  pullback: ({ dy, attrs, input }) => ({
    dy: conv2d(
      dy as Tensor4D,
      input("filter") as Tensor4D,
      attrs["strides"] as number | [number, number],
      attrs["pad"] as "same" | "valid",
      attrs["dataFormat"] as "NHWC" | "NCHW",
      1,
      attrs["dimRoundingMode"] as "floor" | undefined,
    ),
  }),
};
