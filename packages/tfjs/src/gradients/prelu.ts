import { greater, mul, zerosLike } from "@tensorflow/tfjs-core";

import type { Gradient } from "../gradient.ts";
import { select } from "../masks.ts";

/** Prelu: y = x where x > 0, else α x;  x̄ = ȳ where x > 0, else α ȳ;  ᾱ = 0 where x > 0, else x ȳ. */
export const preluGradient: Gradient = {
  kernel: "Prelu",
  needs: { x: ["x", "alpha"], alpha: ["x"] },
  broadcasts: true,
  pullback: ({ dy, input, wants }) => {
    const positive = greater(input("x"), 0);
    return {
      ...(wants("x") ? { x: select(positive, dy, mul(dy, input("alpha"))) } : {}),
      ...(wants("alpha") ? { alpha: select(positive, zerosLike(dy), mul(dy, input("x"))) } : {}),
    };
  },
};
