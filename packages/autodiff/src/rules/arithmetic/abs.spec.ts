import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "both sides of the kink", op: "Abs", inputs: [{ dims: [3, 4], avoid: [0] }] },
  { name: "nothing passes at 0", op: "Abs", inputs: [{ dims: [3], values: [-2, 0, 5] }], expected: { cotangents: [[3, 3, 3]], gradients: [[-3, 0, 3]] } },
];
