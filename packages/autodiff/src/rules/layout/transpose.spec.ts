import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "reversed", op: "Transpose", inputs: [{ dims: [2, 3, 4] }] },
  { name: "a permutation that is not its own inverse", op: "Transpose", inputs: [{ dims: [2, 3, 4] }], attributes: { perm: [2, 0, 1] } },
  { name: "a vector", op: "Transpose", inputs: [{ dims: [3] }] },
  { name: "a scalar", op: "Transpose", inputs: [{ dims: [] }] },
  { name: "at the newest opset", op: "Transpose", inputs: [{ dims: [2, 3, 4] }], attributes: { perm: [1, 2, 0] }, opset: 25 },
];
