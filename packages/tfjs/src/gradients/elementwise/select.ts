import { zerosLike } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";
import { select } from "../../formulas/masks.ts";

/** Select: y = t where the condition holds, else e;  ȳ goes to the one that was taken. */
export const selectRule: GradientRule = {
  kernel: "Select",
  needs: { t: ["condition"], e: ["condition"] },
  pullback: ({ dy, input, wants }) => {
    const zeros = zerosLike(dy);
    return {
      ...(wants("t") ? { t: select(input("condition"), dy, zeros) } : {}),
      ...(wants("e") ? { e: select(input("condition"), zeros, dy) } : {}),
    };
  },
};
