import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  ...["Max", "Min"].flatMap((op): readonly RuleSpec[] => [
    { name: "one input", op, inputs: [{ dims: [2, 3] }] },
    {
      name: "two inputs, broadcast both ways",
      op,
      inputs: [
        { dims: [2, 1, 3], domain: [-2, 0.4] },
        { dims: [4, 1], domain: [-0.4, 2] },
      ],
    },
    { name: "three inputs", op, inputs: [{ dims: [2, 3] }, { dims: [3] }, { dims: [] }] },
    {
      name: "against a constant",
      op,
      inputs: [
        { dims: [2, 3], avoid: [0] },
        { dims: [], values: [0], constant: true },
      ],
    },
  ]),
  {
    name: "ties share evenly",
    op: "Max",
    inputs: [
      { dims: [2], values: [1, 5] },
      { dims: [2], values: [1, 2] },
      { dims: [], values: [1] },
    ],
    expected: { cotangents: [[6, 6]], gradients: [[2, 6], [2, 0], [2]] },
  },
  {
    name: "ties share evenly",
    op: "Min",
    inputs: [
      { dims: [2], values: [1, 1] },
      { dims: [2], values: [1, 2] },
    ],
    expected: {
      cotangents: [[6, 6]],
      gradients: [
        [3, 6],
        [3, 0],
      ],
    },
  },
];
