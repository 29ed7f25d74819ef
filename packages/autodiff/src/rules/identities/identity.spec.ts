import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "a matrix", op: "Identity", inputs: [{ dims: [2, 3] }] },
  { name: "a scalar", op: "Identity", inputs: [{ dims: [] }] },
  { name: "at the newest opset", op: "Identity", inputs: [{ dims: [2, 3] }], opset: 25 },
];
