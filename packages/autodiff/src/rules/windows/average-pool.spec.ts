import type { InputSpec, RuleSpec } from "../../../test/rule-spec.ts";

const x = (...dims: readonly number[]): InputSpec => ({ dims });
const pool = (name: string, input: InputSpec, attributes: RuleSpec["attributes"], opset = 18): RuleSpec => ({
  name,
  op: "AveragePool",
  inputs: [input],
  attributes: attributes ?? {},
  opset,
});

export const rows: readonly RuleSpec[] = [
  pool("windows that tile", x(2, 3, 4, 6), { kernel_shape: [2, 3], strides: [2, 3] }),
  pool("windows that leave a rest", x(1, 2, 5, 5), { kernel_shape: [2, 2], strides: [2, 2] }),
  pool("one window", x(1, 2, 3, 3), { kernel_shape: [3, 3], strides: [3, 3] }),
  pool("overlapping, stride 1", x(2, 3, 5, 5), { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  pool("padding counted", x(1, 2, 5, 6), { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1, strides: [2, 2] }),
  pool("padding not counted, asymmetric", x(1, 2, 5, 6), { kernel_shape: [3, 2], pads: [1, 0, 0, 1], strides: [2, 2] }),
  pool("ceil_mode", x(1, 2, 6, 6), { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  pool("ceil_mode with padding counted", x(1, 2, 6, 6), { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 0, 0], ceil_mode: 1, count_include_pad: 1 }),
  pool("ceil_mode with padding not counted", x(1, 2, 6, 7), { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 }),
  pool("1-D", x(2, 2, 7), { kernel_shape: [3], strides: [2] }),
  pool("3-D", x(1, 2, 4, 4, 4), { kernel_shape: [2, 2, 2], strides: [2, 2, 1] }),
  pool("auto_pad SAME_UPPER", x(1, 2, 5, 6), { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" }),
  pool("auto_pad SAME_LOWER, stride 1", x(1, 2, 5, 6), { kernel_shape: [2, 2], auto_pad: "SAME_LOWER" }),
  pool("dilations", x(1, 2, 7, 7), { kernel_shape: [2, 3], dilations: [2, 2], pads: [1, 1, 1, 1] }, 19),
];
