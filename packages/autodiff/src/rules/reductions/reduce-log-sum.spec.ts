import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "at the newest opset", op: "ReduceLogSum", inputs: [{ dims: [2, 3], domain: [0.5, 2] }], opset: 28, engine: false },
  { name: "at the newest opset", op: "ReduceLogSumExp", inputs: [{ dims: [2, 3] }], opset: 28, engine: false },
  { name: "all axes", op: "ReduceLogSum", inputs: [{ dims: [2, 3], domain: [0.5, 2] }] },
  { name: "all axes, to a scalar", op: "ReduceLogSum", inputs: [{ dims: [2, 3], domain: [0.5, 2] }, ints([])], attributes: { keepdims: 0 } },
  { name: "one axis kept", op: "ReduceLogSum", inputs: [{ dims: [2, 3, 2], domain: [0.5, 2] }, ints([1])] },
  {
    name: "two axes dropped, one counted from the end",
    op: "ReduceLogSum",
    inputs: [{ dims: [2, 3, 2, 2], domain: [0.5, 2] }, ints([-1, 1])],
    attributes: { keepdims: 0 },
  },
  { name: "an axis of size 1", op: "ReduceLogSum", inputs: [{ dims: [2, 1], domain: [0.5, 2] }, ints([1])], attributes: { keepdims: 0 } },
  {
    name: "no axes and nothing reduced",
    op: "ReduceLogSum",
    inputs: [{ dims: [2, 3], domain: [0.5, 2] }, ints([])],
    attributes: { noop_with_empty_axes: 1, keepdims: 0 },
  },
  {
    name: "axes known only at run time",
    op: "ReduceLogSum",
    inputs: [
      { dims: [2, 3], domain: [0.5, 2] },
      { dims: [1], type: "int64", values: [0] },
    ],
    attributes: { keepdims: 0 },
  },
  { name: "a scalar", op: "ReduceLogSum", inputs: [{ dims: [], domain: [0.5, 2] }] },
  { name: "all axes", op: "ReduceLogSumExp", inputs: [{ dims: [2, 3] }] },
  { name: "all axes, to a scalar", op: "ReduceLogSumExp", inputs: [{ dims: [2, 3] }, ints([])], attributes: { keepdims: 0 } },
  { name: "one axis kept", op: "ReduceLogSumExp", inputs: [{ dims: [2, 3, 2] }, ints([1])] },
  { name: "two axes dropped, one counted from the end", op: "ReduceLogSumExp", inputs: [{ dims: [2, 3, 2, 2] }, ints([-1, 1])], attributes: { keepdims: 0 } },
  { name: "an axis of size 1", op: "ReduceLogSumExp", inputs: [{ dims: [2, 1] }, ints([1])], attributes: { keepdims: 0 } },
  { name: "no axes and nothing reduced", op: "ReduceLogSumExp", inputs: [{ dims: [2, 3] }, ints([])], attributes: { noop_with_empty_axes: 1, keepdims: 0 } },
  {
    name: "axes known only at run time",
    op: "ReduceLogSumExp",
    inputs: [{ dims: [2, 3] }, { dims: [1], type: "int64", values: [0] }],
    attributes: { keepdims: 0 },
  },
  { name: "a scalar", op: "ReduceLogSumExp", inputs: [{ dims: [] }] },
  {
    name: "large numbers and minus infinity",
    op: "ReduceLogSumExp",
    inputs: [{ dims: [3], values: [1000, 1000, -Infinity] }],
    expected: { cotangents: [[4]], gradients: [[2, 2, 0]] },
  },
];
