import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "all axes", op: "ReduceMax", inputs: [{ dims: [2, 3], distinct: true }] },
  { name: "all axes, to a scalar", op: "ReduceMax", inputs: [{ dims: [2, 3], distinct: true }, ints([])], attributes: { keepdims: 0 } },
  { name: "one axis kept", op: "ReduceMax", inputs: [{ dims: [2, 3, 2], distinct: true }, ints([1])] },
  {
    name: "two axes dropped, one counted from the end",
    op: "ReduceMax",
    inputs: [{ dims: [2, 3, 2, 2], distinct: true }, ints([-1, 1])],
    attributes: { keepdims: 0 },
  },
  { name: "an axis of size 1", op: "ReduceMax", inputs: [{ dims: [2, 1], distinct: true }, ints([1])], attributes: { keepdims: 0 } },
  {
    name: "no axes and nothing reduced",
    op: "ReduceMax",
    inputs: [{ dims: [2, 3], distinct: true }, ints([])],
    attributes: { noop_with_empty_axes: 1, keepdims: 0 },
  },
  {
    name: "axes known only at run time",
    op: "ReduceMax",
    inputs: [
      { dims: [2, 3], distinct: true },
      { dims: [1], type: "int64", values: [0] },
    ],
    attributes: { keepdims: 0 },
  },
  { name: "a scalar", op: "ReduceMax", inputs: [{ dims: [], distinct: true }] },
  {
    name: "ties share evenly",
    op: "ReduceMax",
    inputs: [{ dims: [2, 3], values: [1, 4, 4, 2, 2, 2] }, ints([1])],
    attributes: { keepdims: 0 },
    expected: { cotangents: [[6, 9]], gradients: [[0, 3, 3, 3, 3, 3]] },
  },
  { name: "at opset 20", op: "ReduceMax", inputs: [{ dims: [2, 3], distinct: true }, ints([1])], opset: 20 },
  { name: "all axes", op: "ReduceMin", inputs: [{ dims: [2, 3], distinct: true }] },
  { name: "all axes, to a scalar", op: "ReduceMin", inputs: [{ dims: [2, 3], distinct: true }, ints([])], attributes: { keepdims: 0 } },
  { name: "one axis kept", op: "ReduceMin", inputs: [{ dims: [2, 3, 2], distinct: true }, ints([1])] },
  {
    name: "two axes dropped, one counted from the end",
    op: "ReduceMin",
    inputs: [{ dims: [2, 3, 2, 2], distinct: true }, ints([-1, 1])],
    attributes: { keepdims: 0 },
  },
  { name: "an axis of size 1", op: "ReduceMin", inputs: [{ dims: [2, 1], distinct: true }, ints([1])], attributes: { keepdims: 0 } },
  {
    name: "no axes and nothing reduced",
    op: "ReduceMin",
    inputs: [{ dims: [2, 3], distinct: true }, ints([])],
    attributes: { noop_with_empty_axes: 1, keepdims: 0 },
  },
  {
    name: "axes known only at run time",
    op: "ReduceMin",
    inputs: [
      { dims: [2, 3], distinct: true },
      { dims: [1], type: "int64", values: [0] },
    ],
    attributes: { keepdims: 0 },
  },
  { name: "a scalar", op: "ReduceMin", inputs: [{ dims: [], distinct: true }] },
  { name: "ties share evenly", op: "ReduceMin", inputs: [{ dims: [4], values: [1, 4, 1, 2] }], expected: { cotangents: [[6]], gradients: [[3, 0, 3, 0]] } },
  { name: "at opset 20", op: "ReduceMin", inputs: [{ dims: [2, 3], distinct: true }, ints([1])], opset: 20 },
];
