import { type Tensor, add, greater, mul } from "@tensorflow/tfjs-core";

import { insideWhere, positiveWhere, select } from "./masks.ts";

/** Carries ȳ back through the activation of a fused kernel, read off its output y. Other activations are run unfused. */
export function throughActivation(activation: unknown, dy: Tensor, y: Tensor): Tensor {
  switch (activation) {
    case "relu":
      return positiveWhere(y, dy);
    case "relu6":
      return insideWhere(y, 0, 6, dy);
    case "elu":
      return select(greater(y, 0), dy, mul(dy, add(y, 1)));
    default:
      return dy;
  }
}
