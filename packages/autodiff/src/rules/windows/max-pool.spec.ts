import type { InputSpec, RuleSpec } from "../../../test/rule-spec.ts";

const x = (...dims: readonly number[]): InputSpec => ({ dims, distinct: true });
const pool = (name: string, input: InputSpec, attributes: RuleSpec["attributes"], more: Partial<RuleSpec> = {}): RuleSpec => ({
  name,
  op: "MaxPool",
  inputs: [input],
  attributes: attributes ?? {},
  ...more,
});

export const rows: readonly RuleSpec[] = [
  pool("windows that tile", x(2, 3, 4, 6), { kernel_shape: [2, 2], strides: [2, 2] }),
  pool("overlapping windows with padding", x(2, 2, 6, 5), { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  pool("stride 1", x(1, 2, 5, 5), { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  pool("ceil_mode", x(1, 2, 6, 7), { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  pool("asymmetric padding and kernel", x(1, 2, 5, 6), { kernel_shape: [2, 3], strides: [1, 2], pads: [0, 1, 1, 0] }),
  pool("dilations", x(1, 2, 7, 7), { kernel_shape: [2, 3], dilations: [2, 2], pads: [1, 1, 0, 1] }),
  pool("1-D", x(2, 3, 7), { kernel_shape: [3], strides: [2] }),
  pool("3-D", x(1, 2, 4, 4, 4), { kernel_shape: [2, 2, 2], strides: [2, 1, 2] }),
  pool("auto_pad SAME_UPPER", x(1, 2, 5, 6), { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" }),
  pool("with indices", x(1, 2, 4, 4), { kernel_shape: [2, 2], strides: [2, 2] }, { outputs: 2 }),
  pool("with column-major indices", x(1, 2, 4, 5), { kernel_shape: [2, 2], storage_order: 1 }, { outputs: 2 }),
  pool(
    "ties go to the first",
    { dims: [1, 1, 2, 3], values: [1, 1, 0, 1, 1, 0] },
    { kernel_shape: [2, 2] },
    { expected: { cotangents: [[3, 5]], gradients: [[3, 5, 0, 0, 0, 0]] } },
  ),
  pool(
    "negative maxima keep their gradient",
    { dims: [1, 1, 2, 2], values: [-4, -1, -2, -3] },
    { kernel_shape: [2, 2], pads: [0, 0, 0, 0] },
    { expected: { cotangents: [[2]], gradients: [[0, 2, 0, 0]] } },
  ),
];
