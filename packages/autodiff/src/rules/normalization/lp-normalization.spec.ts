import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "default", op: "LpNormalization", inputs: [{ dims: [2, 4] }] },
  { name: "p = 1, given axis", op: "LpNormalization", inputs: [{ dims: [3, 2, 2], avoid: [0] }], attributes: { p: 1, axis: 1 } },
  {
    name: "nothing passes where the norm is 0",
    op: "LpNormalization",
    inputs: [{ dims: [2, 2], values: [0, 0, 3, 4] }],
    expected: { cotangents: [[1, 1, 5, 0]], gradients: [[0, 0, 0.64, -0.48]] },
  },
];
