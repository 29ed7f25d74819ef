import type { Tensor } from "@tensorflow/tfjs-core";

import { throughElu } from "../elementwise/elu.ts";
import { insideWhere, positiveWhere } from "../../formulas/masks.ts";

/** Carries ȳ back through the activation of a fused kernel, read off its output y. Other activations are run unfused. */
export function throughActivation(activation: unknown, dy: Tensor, y: Tensor): Tensor {
  switch (activation) {
    case "relu":
      return positiveWhere(y, dy);
    case "relu6":
      return insideWhere(y, 0, 6, dy);
    case "elu":
      return throughElu(y, dy);
    default:
      return dy;
  }
}
