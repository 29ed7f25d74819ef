import { type RuleSpec, constantScalar } from "../../../test/rule-spec.ts";

const edges = [-1, 1 - 2 ** -24, 1, 0.5, 5, -1 + 2 ** -24];

export const rows: readonly RuleSpec[] = [
  { name: "ReLU6", op: "Clip", inputs: [{ dims: [3, 8], domain: [-4, 10], avoid: [0, 6] }, constantScalar(0), constantScalar(6)] },
  {
    name: "bounds given at run time",
    op: "Clip",
    inputs: [
      { dims: [2, 8], avoid: [-0.5, 1.25] },
      { dims: [], values: [-0.5] },
      { dims: [], values: [1.25] },
    ],
  },
  { name: "lower bound only", op: "Clip", inputs: [{ dims: [8], avoid: [0.5] }, constantScalar(0.5)] },
  { name: "upper bound only", op: "Clip", inputs: [{ dims: [8], avoid: [0.5] }, null, constantScalar(0.5)] },
  { name: "upper bound only, given at run time", op: "Clip", inputs: [{ dims: [8], avoid: [0.5] }, null, { dims: [], values: [0.5] }] },
  { name: "no bounds", op: "Clip", inputs: [{ dims: [3] }] },
  {
    name: "nothing passes at the bounds of ReLU6",
    op: "Clip",
    inputs: [{ dims: [4], values: [0, 6, 6 - 2 ** -21, 2 ** -126] }, constantScalar(0), constantScalar(6)],
    expected: { cotangents: [[1, 1, 1, 1]], gradients: [[0, 0, 1, 1]] },
  },
  {
    name: "nothing passes at the bounds ±1",
    op: "Clip",
    inputs: [{ dims: [6], values: edges }, constantScalar(-1), constantScalar(1)],
    expected: { cotangents: [[3, 3, 3, 3, 3, 3]], gradients: [[0, 3, 0, 3, 0, 3]] },
  },
  {
    name: "bounds that no HardSigmoid separates",
    op: "Clip",
    inputs: [{ dims: [4], values: [2 ** 30, 2 ** 30 - 64, 1, 2 ** 31] }, constantScalar(-(2 ** 30)), constantScalar(2 ** 30)],
    expected: { cotangents: [[1, 1, 1, 1]], gradients: [[0, 1, 1, 0]] },
  },
  {
    name: "crossed bounds",
    op: "Clip",
    inputs: [
      { dims: [3], values: [-3, 0, 3] },
      { dims: [], values: [1] },
      { dims: [], values: [-1] },
    ],
    expected: { cotangents: [[1, 2, 4]], gradients: [[0, 0, 0], [0], [7]] },
  },
];
