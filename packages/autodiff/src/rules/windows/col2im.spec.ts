import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "windows that overlap", op: "Col2Im", inputs: [{ dims: [2, 8, 6] }, ints([3, 4]), ints([2, 2])] },
  {
    name: "strides, pads and dilations",
    op: "Col2Im",
    inputs: [{ dims: [1, 4, 4] }, ints([5, 5]), ints([2, 2])],
    attributes: { strides: [2, 2], pads: [1, 0, 0, 1], dilations: [2, 2] },
  },
  { name: "one axis", op: "Col2Im", inputs: [{ dims: [1, 6, 4] }, ints([6]), ints([3])] },
  {
    name: "windows whose size is known at run time",
    op: "Col2Im",
    inputs: [{ dims: [1, 8, 6] }, ints([5, 6]), { dims: [2], type: "int64", values: [2, 2] }],
    attributes: { strides: [2, 2], pads: [1, 0, 0, 1], dilations: [2, 1] },
    dynamic: false,
  },
  {
    name: "windows and image known at run time, one axis",
    op: "Col2Im",
    inputs: [{ dims: [2, 6, 4] }, { dims: [1], type: "int64", values: [6] }, { dims: [1], type: "int64", values: [3] }],
    dynamic: false,
  },
];
