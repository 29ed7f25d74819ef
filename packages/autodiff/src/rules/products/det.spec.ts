import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "1 × 1", op: "Det", inputs: [{ dims: [1, 1] }], dynamic: false },
  { name: "2 × 2", op: "Det", inputs: [{ dims: [2, 2] }], dynamic: false },
  { name: "batched 3 × 3", op: "Det", inputs: [{ dims: [2, 3, 3] }], dynamic: false },
  { name: "4 × 4", op: "Det", inputs: [{ dims: [4, 4] }], dynamic: false },
  {
    name: "singular",
    op: "Det",
    inputs: [{ dims: [2, 2], values: [1, 2, 2, 4] }],
    dynamic: false,
    expected: { cotangents: [[1]], gradients: [[4, -2, -2, 1]] },
  },
];
