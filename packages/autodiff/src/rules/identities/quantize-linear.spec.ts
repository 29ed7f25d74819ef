import type { RuleSpec } from "../../../test/rule-spec.ts";

const chain = ["QuantizeLinear", "DequantizeLinear"];
const scale = { dims: [], values: [0.5], constant: true };
const perRow = { dims: [2], values: [0.5, 2], constant: true };

const straightThrough = ["QuantizeLinear", "DequantizeLinear"].flatMap((op): readonly RuleSpec[] => [
  {
    name: "nothing saturated but the ends",
    op,
    chain,
    inputs: [{ dims: [4], values: [-0.3, 0.2, 127.6, 128] }, scale],
    expected: { cotangents: [[3, 3, 3, 3]], gradients: [[0, 3, 3, 0]] },
  },
  {
    name: "a zero point of type int8",
    op,
    chain,
    inputs: [{ dims: [3], values: [-64.4, 60, 70] }, scale, { dims: [], type: "int8", values: [1], constant: true }],
    expected: { cotangents: [[1, 2, 4]], gradients: [[1, 2, 0]] },
  },
  {
    name: "at the newest opset",
    op,
    chain,
    inputs: [{ dims: [4], values: [-0.3, 0.2, 127.6, 128] }, scale],
    opset: 28,
    engine: false,
    expected: { cotangents: [[3, 3, 3, 3]], gradients: [[0, 3, 3, 0]] },
  },
  {
    name: "a scale for each row",
    op,
    chain,
    inputs: [{ dims: [2, 2], values: [1.1, 200, 1.3, 200] }, perRow, { dims: [2], type: "uint8", values: [0, 0], constant: true }],
    attributes: { axis: 0 },
    expected: { cotangents: [[1, 2, 3, 4]], gradients: [[1, 0, 3, 4]] },
  },
]);

const integers = { dims: [2, 3], type: "uint8", values: [3, 200, 7, 0, 128, 9] } as const;

export const rows: readonly RuleSpec[] = [
  ...straightThrough,
  {
    name: "a scale that gets a gradient",
    op: "DequantizeLinear",
    inputs: [integers, { dims: [], domain: [0.5, 2] }, { dims: [], type: "uint8", values: [5] }],
  },
  {
    name: "scales of rows that get gradients",
    op: "DequantizeLinear",
    inputs: [integers, { dims: [2], domain: [0.5, 2] }, { dims: [2], type: "uint8", values: [5, 100] }],
    attributes: { axis: 0 },
  },
];
