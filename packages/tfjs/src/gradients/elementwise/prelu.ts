import { add, mul, step, sub } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";

/** Prelu: y = x where x > 0, else α x;  x̄ = ȳ (α + (1 − α) step x);  ᾱ = ȳ x (1 − step x). */
export const preluRule: GradientRule = {
  kernel: "Prelu",
  needs: { x: ["x", "alpha"], alpha: ["x"] },
  broadcasts: true,
  pullback: ({ dy, input, wants }) => {
    const positive = step(input("x"));
    return {
      ...(wants("x") ? { x: mul(dy, add(mul(positive, sub(1, input("alpha"))), input("alpha"))) } : {}),
      ...(wants("alpha") ? { alpha: mul(dy, mul(input("x"), sub(1, positive))) } : {}),
    };
  },
};
