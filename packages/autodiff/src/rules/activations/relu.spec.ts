import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "both sides of the kink", op: "Relu", inputs: [{ dims: [2, 3, 4], avoid: [0] }] },
  {
    name: "nothing passes at 0",
    op: "Relu",
    inputs: [{ dims: [4], values: [-1, 0, -0, 2] }],
    expected: { cotangents: [[3, 3, 3, 3]], gradients: [[0, 0, 0, 3]] },
  },
  {
    name: "the smallest normal number passes",
    op: "Relu",
    inputs: [{ dims: [2], values: [2 ** -126, 3e38] }],
    expected: { cotangents: [[5, 5]], gradients: [[5, 5]] },
  },
];
