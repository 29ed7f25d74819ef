import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "a slope for each element", op: "PRelu", inputs: [{ dims: [2, 3], avoid: [0] }, { dims: [2, 3] }] },
  { name: "a slope for each channel", op: "PRelu", inputs: [{ dims: [2, 3, 4], avoid: [0] }, { dims: [3, 1] }] },
  { name: "one slope", op: "PRelu", inputs: [{ dims: [2, 3], avoid: [0] }, { dims: [] }] },
  {
    name: "constant slope",
    op: "PRelu",
    inputs: [
      { dims: [2, 3], avoid: [0] },
      { dims: [1], constant: true },
    ],
  },
  {
    name: "the slope counts at 0",
    op: "PRelu",
    inputs: [
      { dims: [2], values: [0, -1] },
      { dims: [1], values: [0.5] },
    ],
    expected: { cotangents: [[2, 2]], gradients: [[1, 1], [-2]] },
  },
];
