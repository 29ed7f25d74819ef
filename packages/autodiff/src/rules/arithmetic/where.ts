import type { GradientRule } from "../../sweep/rule.ts";

/** Where: y = a where the condition holds, else b;  ā = ȳ where it holds, else 0; b̄ the other way round. */
export const whereRule: GradientRule = {
  op: "Where",
  since: [9, 16],
  broadcasts: true,
  pullback: function wherePullback({ g, input, cotangent, wants }) {
    const [condition, dy] = [input(0), cotangent(0)];
    const zero = g.scalar(0, dy);
    return [null, wants(1) ? g.where(condition, dy, zero) : null, wants(2) ? g.where(condition, zero, dy) : null];
  },
};
