import type { InputSpec, RuleSpec } from "../../../test/rule-spec.ts";

const x = (...dims: readonly number[]): InputSpec => ({ dims });

export const rows: readonly RuleSpec[] = [
  { name: "1-D with bias", op: "ConvTranspose", inputs: [x(2, 3, 5), x(3, 4, 3), x(4)], attributes: { kernel_shape: [3], strides: [2], pads: [1, 1] } },
  { name: "2-D", op: "ConvTranspose", inputs: [x(2, 3, 4, 5), x(3, 2, 2, 2)], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
  {
    name: "output padding",
    op: "ConvTranspose",
    inputs: [x(1, 3, 4, 5), x(3, 2, 3, 3)],
    attributes: { kernel_shape: [3, 3], strides: [3, 2], pads: [1, 1, 1, 1], output_padding: [2, 1] },
  },
  {
    name: "groups and dilations",
    op: "ConvTranspose",
    inputs: [x(1, 4, 4, 5), x(4, 3, 3, 2)],
    attributes: { kernel_shape: [3, 2], group: 2, dilations: [2, 2], pads: [1, 0, 2, 1] },
  },
  { name: "output_shape", op: "ConvTranspose", inputs: [x(1, 2, 3, 3), x(2, 2, 3, 3)], attributes: { strides: [3, 2], output_shape: [10, 8] }, dynamic: false },
  {
    name: "output_shape that cuts",
    op: "ConvTranspose",
    inputs: [x(1, 2, 3, 3), x(2, 2, 3, 3)],
    attributes: { strides: [2, 2], output_shape: [6, 6] },
    dynamic: false,
  },
  {
    name: "auto_pad SAME_UPPER",
    op: "ConvTranspose",
    inputs: [x(1, 2, 3, 4), x(2, 2, 3, 3)],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" },
  },
  {
    name: "auto_pad SAME_LOWER",
    op: "ConvTranspose",
    inputs: [x(1, 2, 3, 4), x(2, 2, 3, 3)],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_LOWER" },
  },
  { name: "3-D", op: "ConvTranspose", inputs: [x(1, 2, 3, 2, 3), x(2, 3, 2, 2, 2)], attributes: { kernel_shape: [2, 2, 2], strides: [2, 1, 2] } },
];
