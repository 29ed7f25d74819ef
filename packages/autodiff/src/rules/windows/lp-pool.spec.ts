import type { RuleSpec } from "../../../test/rule-spec.ts";

const image = { dims: [2, 2, 5, 6], avoid: [0] };

export const rows: readonly RuleSpec[] = [
  { name: "default p", op: "LpPool", inputs: [image], attributes: { kernel_shape: [2, 3] } },
  { name: "p = 3, strides and pads", op: "LpPool", inputs: [image], attributes: { p: 3, kernel_shape: [3, 3], strides: [2, 1], pads: [1, 0, 1, 1] } },
  { name: "p = 1, dilations", op: "LpPool", inputs: [image], attributes: { p: 1, kernel_shape: [2, 2], dilations: [2, 1] } },
  {
    name: "same size",
    op: "LpPool",
    inputs: [{ dims: [1, 1, 5], avoid: [0] }],
    attributes: { kernel_shape: [2], strides: [2], auto_pad: "SAME_UPPER" },
    dynamic: false,
  },
  {
    name: "nothing passes where all are 0",
    op: "LpPool",
    inputs: [{ dims: [1, 1, 4], values: [0, 0, 3, 4] }],
    attributes: { kernel_shape: [2], strides: [2] },
    expected: { cotangents: [[1, 5]], gradients: [[0, 0, 3, 4]] },
  },
  { name: "default p", op: "GlobalLpPool", inputs: [{ dims: [2, 3, 2, 2], avoid: [0] }] },
  { name: "p = 1", op: "GlobalLpPool", inputs: [{ dims: [1, 2, 3], avoid: [0] }], attributes: { p: 1 } },
];
