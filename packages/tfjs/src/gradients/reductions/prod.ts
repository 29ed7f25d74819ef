import { cumprod, mul, reshape, transpose } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";
import { keepReduced, reducedAxes } from "../../formulas/reduced-axes.ts";

/** Prod: each factor gets ȳ times the product of all others, which is right with zeros among them too. */
export const prodRule: GradientRule = {
  kernel: "Prod",
  needs: { x: ["x"] },
  pullback: ({ dy, attrs, shapes, input }) => {
    const shape = shapes["x"]!;
    const axes = reducedAxes(attrs["axis"], shape);
    const perm = [...shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
    const turned = transpose(input("x"), perm);
    const rows = reshape(turned, [-1, axes.reduce((product, axis) => product * shape[axis]!, 1)]);
    const others = mul(cumprod(rows, 1, true, false), cumprod(rows, 1, true, true));
    const back = transpose(
      reshape(others, turned.shape),
      perm.map((_, axis) => perm.indexOf(axis)),
    );
    return { x: mul(back, keepReduced(dy, axes, shape)) };
  },
};
