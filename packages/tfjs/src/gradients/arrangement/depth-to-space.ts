import { reshape, transpose } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** DepthToSpace: x̄ moves each block of ȳ back into the channels. */
export const depthToSpaceRule: GradientRule = {
  kernel: "DepthToSpace",
  needs: { x: [] },
  pullback: ({ dy, attrs, shapes }) => {
    const b = attrs["blockSize"] as number;
    const shape = [...shapes["x"]!];
    if (attrs["dataFormat"] === "NCHW") {
      const [n, , h, w] = shape as [number, number, number, number];
      return { x: reshape(transpose(reshape(dy, [n, -1, h, b, w, b]), [0, 3, 5, 1, 2, 4]), shape) };
    }
    const [n, h, w] = shape as [number, number, number, number];
    return { x: reshape(transpose(reshape(dy, [n, h, b, w, b, -1]), [0, 1, 3, 2, 4, 5]), shape) };
  },
};
