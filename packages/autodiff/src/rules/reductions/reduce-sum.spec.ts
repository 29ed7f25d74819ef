import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "all axes", op: "ReduceSum", inputs: [{ dims: [2, 3] }] },
  { name: "all axes, to a scalar", op: "ReduceSum", inputs: [{ dims: [2, 3] }, ints([])], attributes: { keepdims: 0 } },
  { name: "one axis kept", op: "ReduceSum", inputs: [{ dims: [2, 3, 2] }, ints([1])] },
  { name: "two axes dropped, one counted from the end", op: "ReduceSum", inputs: [{ dims: [2, 3, 2, 2] }, ints([-1, 1])], attributes: { keepdims: 0 } },
  { name: "an axis of size 1", op: "ReduceSum", inputs: [{ dims: [2, 1] }, ints([1])], attributes: { keepdims: 0 } },
  { name: "no axes and nothing reduced", op: "ReduceSum", inputs: [{ dims: [2, 3] }, ints([])], attributes: { noop_with_empty_axes: 1, keepdims: 0 } },
  { name: "axes known only at run time", op: "ReduceSum", inputs: [{ dims: [2, 3] }, { dims: [1], type: "int64", values: [0] }], attributes: { keepdims: 0 } },
  { name: "a scalar", op: "ReduceSum", inputs: [{ dims: [] }] },
  { name: "all axes", op: "ReduceMean", inputs: [{ dims: [2, 3] }] },
  { name: "all axes, to a scalar", op: "ReduceMean", inputs: [{ dims: [2, 3] }, ints([])], attributes: { keepdims: 0 } },
  { name: "one axis kept", op: "ReduceMean", inputs: [{ dims: [2, 3, 2] }, ints([1])] },
  { name: "two axes dropped, one counted from the end", op: "ReduceMean", inputs: [{ dims: [2, 3, 2, 2] }, ints([-1, 1])], attributes: { keepdims: 0 } },
  { name: "an axis of size 1", op: "ReduceMean", inputs: [{ dims: [2, 1] }, ints([1])], attributes: { keepdims: 0 } },
  { name: "no axes and nothing reduced", op: "ReduceMean", inputs: [{ dims: [2, 3] }, ints([])], attributes: { noop_with_empty_axes: 1, keepdims: 0 } },
  { name: "axes known only at run time", op: "ReduceMean", inputs: [{ dims: [2, 3] }, { dims: [1], type: "int64", values: [0] }], attributes: { keepdims: 0 } },
  { name: "a scalar", op: "ReduceMean", inputs: [{ dims: [] }] },
];
