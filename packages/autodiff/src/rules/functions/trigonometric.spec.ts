import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "a wave", op: "Sin", inputs: [{ dims: [2, 5], domain: [-6, 6] }] },
  { name: "a wave", op: "Cos", inputs: [{ dims: [2, 5], domain: [-6, 6] }] },
  { name: "one branch", op: "Tan", inputs: [{ dims: [2, 5], domain: [-1.2, 1.2] }] },
  { name: "inside", op: "Asin", inputs: [{ dims: [2, 5], domain: [-0.9, 0.9] }] },
  { name: "inside", op: "Acos", inputs: [{ dims: [2, 5], domain: [-0.9, 0.9] }] },
  { name: "around 0", op: "Atan", inputs: [{ dims: [2, 5], domain: [-3, 3] }] },
];
