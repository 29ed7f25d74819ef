import type { RuleSpec } from "../../../test/rule-spec.ts";

const op = "DeformConv";
const offsets = (...dims: number[]) => ({ dims, domain: [-0.9, 0.9] as const });

export const rows: readonly RuleSpec[] = [
  { name: "plain", op, opset: 19, inputs: [{ dims: [1, 2, 3, 4] }, { dims: [2, 2, 2, 2] }, offsets(1, 8, 2, 3)], attributes: { kernel_shape: [2, 2] } },
  {
    name: "bias and mask",
    op,
    opset: 19,
    inputs: [{ dims: [2, 1, 3, 3] }, { dims: [2, 1, 2, 2] }, offsets(2, 8, 2, 2), { dims: [2] }, { dims: [2, 4, 2, 2] }],
    attributes: { kernel_shape: [2, 2] },
  },
  {
    name: "groups, offset groups, strides, pads and dilations",
    op,
    opset: 22,
    inputs: [{ dims: [1, 4, 4, 5] }, { dims: [2, 2, 2, 2] }, offsets(1, 16, 2, 3), null, { dims: [1, 8, 2, 3] }],
    attributes: { kernel_shape: [2, 2], group: 2, offset_group: 2, strides: [2, 2], pads: [1, 1, 0, 1], dilations: [1, 2] },
  },
];
