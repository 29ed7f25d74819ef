import { type RuleSpec, constantScalar, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "positive base, both wanted", op: "Pow", inputs: [{ dims: [2, 3], domain: [0.3, 2] }, { dims: [2, 3] }] },
  { name: "broadcast both ways", op: "Pow", inputs: [{ dims: [2, 1, 3], domain: [0.3, 2] }, { dims: [4, 1] }] },
  { name: "square of any sign", op: "Pow", inputs: [{ dims: [2, 3] }, constantScalar(2)] },
  { name: "cube of any sign", op: "Pow", inputs: [{ dims: [2, 3] }, constantScalar(3)] },
  { name: "negative power of negative numbers", op: "Pow", inputs: [{ dims: [3], domain: [-2, -0.5] }, constantScalar(-2)] },
  { name: "square root", op: "Pow", inputs: [{ dims: [3], domain: [0.5, 2] }, constantScalar(0.5)] },
  { name: "first power", op: "Pow", inputs: [{ dims: [3] }, constantScalar(1)] },
  { name: "power 0", op: "Pow", inputs: [{ dims: [3], values: [-1, 0, 2] }, constantScalar(0)], expected: { cotangents: [[1, 1, 1]], gradients: [[0, 0, 0]] } },
  { name: "integer exponents of any sign", op: "Pow", inputs: [{ dims: [3], domain: [-2, -0.5] }, ints([3, -1, 2])] },
  {
    name: "constant exponents with a 0",
    op: "Pow",
    inputs: [
      { dims: [3], values: [0, 2, 0] },
      { dims: [3], values: [0, 0, 3], constant: true },
    ],
    expected: { cotangents: [[1, 1, 1]], gradients: [[0, 0, 0]] },
  },
  {
    name: "base 0",
    op: "Pow",
    inputs: [
      { dims: [3], values: [0, 0, 2] },
      { dims: [3], values: [2, 1, 3] },
    ],
    expected: {
      cotangents: [[1, 1, 1]],
      gradients: [
        [0, 1, 12],
        [0, 0, 5.545177444479562],
      ],
    },
  },
];
