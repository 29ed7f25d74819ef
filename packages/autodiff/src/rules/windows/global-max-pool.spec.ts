import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "2-D", op: "GlobalMaxPool", inputs: [{ dims: [2, 3, 4, 3], distinct: true }] },
  { name: "1-D", op: "GlobalMaxPool", inputs: [{ dims: [2, 3, 4], distinct: true }] },
  {
    name: "ties go to the first",
    op: "GlobalMaxPool",
    inputs: [{ dims: [1, 1, 2, 2], values: [1, 2, 2, 2] }],
    expected: { cotangents: [[5]], gradients: [[0, 5, 0, 0]] },
  },
];
