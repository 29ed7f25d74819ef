import { type InputSpec, type RuleSpec } from "../../../test/rule-spec.ts";

const x = (...dims: readonly number[]): InputSpec => ({ dims });

export const rows: readonly RuleSpec[] = [
  { name: "1-D", op: "Conv", inputs: [x(2, 3, 9), x(4, 3, 3), x(4)], attributes: { kernel_shape: [3] } },
  {
    name: "2-D, pads and strides",
    op: "Conv",
    inputs: [x(2, 3, 7, 8), x(4, 3, 3, 3), x(4)],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  { name: "2-D, stride 1, flipped", op: "Conv", inputs: [x(1, 8, 5, 6), x(4, 8, 3, 3)], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
  { name: "asymmetric pads and kernel", op: "Conv", inputs: [x(1, 9, 6, 7), x(2, 9, 3, 2)], attributes: { kernel_shape: [3, 2], pads: [0, 1, 2, 0] } },
  {
    name: "asymmetric pads with strides that leave a rest",
    op: "Conv",
    inputs: [x(1, 2, 8, 9), x(3, 2, 3, 2)],
    attributes: { kernel_shape: [3, 2], pads: [0, 1, 1, 0], strides: [3, 2] },
  },
  { name: "padding wider than the kernel", op: "Conv", inputs: [x(1, 8, 4, 4), x(2, 8, 1, 2)], attributes: { kernel_shape: [1, 2], pads: [1, 2, 1, 2] } },
  { name: "dilations", op: "Conv", inputs: [x(1, 8, 9, 9), x(2, 8, 3, 3)], attributes: { kernel_shape: [3, 3], dilations: [2, 3], pads: [2, 3, 2, 3] } },
  {
    name: "dilations with strides",
    op: "Conv",
    inputs: [x(1, 2, 9, 10), x(2, 2, 3, 3)],
    attributes: { kernel_shape: [3, 3], dilations: [2, 2], strides: [2, 3], pads: [1, 2, 1, 2] },
  },
  { name: "groups", op: "Conv", inputs: [x(2, 4, 5, 5), x(6, 2, 3, 3), x(6)], attributes: { kernel_shape: [3, 3], group: 2, pads: [1, 1, 1, 1] } },
  { name: "groups with strides", op: "Conv", inputs: [x(2, 4, 5, 6), x(6, 2, 3, 3)], attributes: { kernel_shape: [3, 3], group: 2, strides: [2, 2] } },
  { name: "depthwise", op: "Conv", inputs: [x(2, 4, 5, 5), x(4, 1, 3, 3)], attributes: { kernel_shape: [3, 3], group: 4, pads: [1, 1, 1, 1] } },
  {
    name: "depthwise with multiplier and stride 2",
    op: "Conv",
    inputs: [x(2, 4, 7, 6), x(8, 1, 3, 3)],
    attributes: { kernel_shape: [3, 3], group: 4, pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  {
    name: "depthwise, stride 2",
    op: "Conv",
    inputs: [x(2, 4, 7, 8), x(4, 1, 3, 3)],
    attributes: { kernel_shape: [3, 3], group: 4, pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  { name: "1×1, stride 2", op: "Conv", inputs: [x(1, 8, 5, 6), x(4, 8, 1, 1)], attributes: { kernel_shape: [1, 1], strides: [2, 2] } },
  {
    name: "3-D",
    op: "Conv",
    inputs: [x(1, 2, 4, 5, 4), x(3, 2, 2, 3, 2)],
    attributes: { kernel_shape: [2, 3, 2], strides: [1, 2, 1], pads: [0, 1, 0, 1, 1, 0] },
  },
  { name: "auto_pad SAME_UPPER, stride 1", op: "Conv", inputs: [x(1, 8, 5, 5), x(2, 8, 2, 4)], attributes: { kernel_shape: [2, 4], auto_pad: "SAME_UPPER" } },
  {
    name: "auto_pad SAME_UPPER, stride 2",
    op: "Conv",
    inputs: [x(1, 2, 6, 7), x(2, 2, 3, 3)],
    attributes: { kernel_shape: [3, 3], auto_pad: "SAME_UPPER", strides: [2, 2] },
  },
  {
    name: "auto_pad SAME_LOWER, dilated",
    op: "Conv",
    inputs: [x(1, 2, 6, 7), x(2, 2, 2, 3)],
    attributes: { kernel_shape: [2, 3], auto_pad: "SAME_LOWER", dilations: [1, 2] },
  },
  {
    name: "auto_pad SAME_LOWER, stride 2",
    op: "Conv",
    inputs: [x(1, 2, 6, 7), x(2, 2, 3, 4)],
    attributes: { kernel_shape: [3, 4], auto_pad: "SAME_LOWER", strides: [2, 3] },
  },
  { name: "auto_pad VALID", op: "Conv", inputs: [x(1, 2, 6, 7), x(2, 2, 3, 3)], attributes: { kernel_shape: [3, 3], auto_pad: "VALID", strides: [2, 2] } },
  { name: "constant weights", op: "Conv", inputs: [x(2, 8, 5, 5), { dims: [8, 4, 3, 3], constant: true }], attributes: { group: 2, pads: [1, 1, 1, 1] } },
];
