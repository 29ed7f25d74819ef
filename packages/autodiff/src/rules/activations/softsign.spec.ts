import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "both signs", op: "Softsign", inputs: [{ dims: [2, 5], avoid: [0] }] },
  { name: "smooth at 0", op: "Softsign", inputs: [{ dims: [1], values: [0] }], expected: { cotangents: [[3]], gradients: [[3]] } },
];
