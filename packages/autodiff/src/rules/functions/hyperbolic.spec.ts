import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "around 0", op: "Sinh", inputs: [{ dims: [2, 5] }] },
  { name: "around 0", op: "Cosh", inputs: [{ dims: [2, 5] }] },
  { name: "around 0", op: "Asinh", inputs: [{ dims: [2, 5] }] },
  { name: "above 1", op: "Acosh", inputs: [{ dims: [2, 5], domain: [1.1, 4] }] },
  { name: "inside", op: "Atanh", inputs: [{ dims: [2, 5], domain: [-0.9, 0.9] }] },
];
