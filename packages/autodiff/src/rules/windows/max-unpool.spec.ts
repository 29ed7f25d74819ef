import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  {
    name: "inferred size",
    op: "MaxUnpool",
    inputs: [{ dims: [1, 2, 2, 2] }, ints([0, 3, 9, 14, 21, 18, 24, 31], [1, 2, 2, 2])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  {
    name: "given size",
    op: "MaxUnpool",
    inputs: [{ dims: [1, 1, 1, 2] }, ints([4, 7], [1, 1, 1, 2]), ints([1, 1, 3, 5])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
];
