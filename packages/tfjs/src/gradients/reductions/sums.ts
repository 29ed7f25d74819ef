import { broadcastTo, div } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradient-rule.ts";
import { keepReduced, reducedAxes } from "../../formulas/reduced-axes.ts";

/** Sum: every summand gets ȳ. */
export const sumRule: GradientRule = {
  kernel: "Sum",
  needs: { x: [] },
  pullback: ({ dy, attrs, shapes }) => {
    const shape = shapes["x"]!;
    return { x: broadcastTo(keepReduced(dy, reducedAxes(attrs["axis"], shape), shape), [...shape]) };
  },
};

/** Mean: every entry gets ȳ over their number. */
export const meanRule: GradientRule = {
  kernel: "Mean",
  needs: { x: [] },
  pullback: ({ dy, attrs, shapes }) => {
    const shape = shapes["x"]!;
    const axes = reducedAxes(attrs["axis"], shape);
    const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
    return { x: broadcastTo(keepReduced(div(dy, count), axes, shape), [...shape]) };
  },
};
