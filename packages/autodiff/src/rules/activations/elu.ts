import type { GraphBuilder, Value } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";

/** Elu: y = x where x > 0, else α(eˣ − 1);  x̄ = ȳ where x > 0, else (y + α) ȳ. */
export const eluRule: GradientRule = {
  op: "Elu",
  since: [6, 22],
  pullback: function eluPullback({ g, attributes, input, output, cotangent }) {
    return [selectSlope(g, input(0), cotangent(0), g.mul(cotangent(0), g.shift(output(0), attributes.float("alpha", 1))))];
  },
};

/** Selu: y = γ(x where x > 0, else α(eˣ − 1));  x̄ = γȳ where x > 0, else (y + γα) ȳ. */
export const seluRule: GradientRule = {
  op: "Selu",
  since: [6, 22],
  pullback: function seluPullback({ g, attributes, input, output, cotangent }) {
    const alpha = attributes.float("alpha", 1.67326319217681884765625);
    const gamma = attributes.float("gamma", 1.05070102214813232421875);
    return [selectSlope(g, input(0), g.scale(cotangent(0), gamma), g.mul(cotangent(0), g.shift(output(0), gamma * alpha)))];
  },
};

/** Celu: y = x where x > 0, else α(e^(x/α) − 1);  x̄ = ȳ where x > 0, else (y/α + 1) ȳ. */
export const celuRule: GradientRule = {
  op: "Celu",
  since: [12, 28],
  pullback: function celuPullback({ g, attributes, input, output, cotangent }) {
    const slope = g.shift(g.scale(output(0), 1 / attributes.float("alpha", 1)), 1);
    return [selectSlope(g, input(0), cotangent(0), g.mul(cotangent(0), slope))];
  },
};

function selectSlope(g: GraphBuilder, x: Value, above: Value, below: Value): Value {
  return g.where(g.greater(x, g.scalar(0, x)), above, below);
}
