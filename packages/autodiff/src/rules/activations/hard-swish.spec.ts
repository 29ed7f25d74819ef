import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "all three pieces", op: "HardSwish", inputs: [{ dims: [4, 5], domain: [-6, 6], avoid: [-3, 3] }] },
  {
    name: "the kinks belong to the outer pieces",
    op: "HardSwish",
    inputs: [{ dims: [3], values: [-3, 3, 0] }],
    expected: { cotangents: [[2, 2, 2]], gradients: [[0, 2, 1]] },
  },
];
