import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "all axes", op: "ReduceProd", inputs: [{ dims: [2, 3] }] },
  { name: "all axes, to a scalar", op: "ReduceProd", inputs: [{ dims: [2, 3] }, ints([])], attributes: { keepdims: 0 } },
  { name: "one axis kept", op: "ReduceProd", inputs: [{ dims: [2, 3, 2] }, ints([1])] },
  { name: "two axes dropped, one counted from the end", op: "ReduceProd", inputs: [{ dims: [2, 3, 2, 2] }, ints([-1, 1])], attributes: { keepdims: 0 } },
  { name: "an axis of size 1", op: "ReduceProd", inputs: [{ dims: [2, 1] }, ints([1])], attributes: { keepdims: 0 } },
  { name: "no axes and nothing reduced", op: "ReduceProd", inputs: [{ dims: [2, 3] }, ints([])], attributes: { noop_with_empty_axes: 1, keepdims: 0 } },
  { name: "axes known only at run time", op: "ReduceProd", inputs: [{ dims: [2, 3] }, { dims: [1], type: "int64", values: [0] }], attributes: { keepdims: 0 } },
  { name: "a scalar", op: "ReduceProd", inputs: [{ dims: [] }] },
  {
    name: "no zero, one and two",
    op: "ReduceProd",
    inputs: [{ dims: [3, 3], values: [2, 3, -4, 2, 0, 5, 0, 7, 0] }, ints([1])],
    expected: { cotangents: [[1, 2, 3]], gradients: [[-12, -8, 6, 0, 20, 0, 0, 0, 0]] },
  },
];
