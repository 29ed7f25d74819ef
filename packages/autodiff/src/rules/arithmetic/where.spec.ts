import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "equal dims", op: "Where", inputs: [{ dims: [2, 2], type: "bool", values: [1, 0, 0, 1] }, { dims: [2, 2] }, { dims: [2, 2] }] },
  { name: "broadcast all three ways", op: "Where", inputs: [{ dims: [2, 1, 1], type: "bool", values: [1, 0] }, { dims: [3, 1] }, { dims: [4] }] },
  { name: "a scalar on one side", op: "Where", inputs: [{ dims: [3], type: "bool", values: [1, 0, 1] }, { dims: [3] }, { dims: [], constant: true }] },
  {
    name: "an infinite cotangent stays on its side",
    op: "Where",
    inputs: [
      { dims: [2], type: "bool", values: [1, 0] },
      { dims: [2], values: [1, 2] },
      { dims: [2], values: [3, 4] },
    ],
    expected: {
      cotangents: [[1e30, 7]],
      gradients: [
        [1e30, 0],
        [0, 7],
      ],
    },
  },
];
