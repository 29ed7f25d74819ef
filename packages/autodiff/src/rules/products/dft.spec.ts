import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "DFT";
const signal = { dims: [2, 5, 1] };
const complex = { dims: [2, 4, 2] };

const rowsAt = (opset: number): readonly RuleSpec[] => [
  { name: "real", op, opset, inputs: [signal], dynamic: false },
  { name: "complex", op, opset, inputs: [complex], dynamic: false },
  { name: "one-sided", op, opset, inputs: [signal], attributes: { onesided: 1 }, dynamic: false },
  { name: "one-sided, even length", op, opset, inputs: [{ dims: [1, 6, 1] }], attributes: { onesided: 1 }, dynamic: false },
  { name: "inverse", op, opset, inputs: [complex], attributes: { inverse: 1 }, dynamic: false },
  { name: "inverse of half a spectrum", op, opset, inputs: [complex], attributes: { inverse: 1, onesided: 1 }, dynamic: false },
  { name: "inverse of half a spectrum, odd length", op, opset, inputs: [complex, ints([7], [])], attributes: { inverse: 1, onesided: 1 }, dynamic: false },
  { name: "inverse of half a spectrum, cut off", op, opset, inputs: [complex, ints([4], [])], attributes: { inverse: 1, onesided: 1 }, dynamic: false },
  { name: "padded", op, opset, inputs: [complex, ints([7], [])], dynamic: false },
  { name: "cut off, one-sided", op, opset, inputs: [signal, ints([4], [])], attributes: { onesided: 1 }, dynamic: false },
];

export const rows: readonly RuleSpec[] = [
  ...rowsAt(18),
  ...rowsAt(20),
  { name: "an inner axis as attribute", op, inputs: [{ dims: [2, 3, 2, 1] }], attributes: { axis: 2 }, dynamic: false },
  { name: "an inner axis as input", op, opset: 20, inputs: [{ dims: [3, 2, 2] }, null, ints([0], [])], dynamic: false },
  { name: "an axis known at run time", op, opset: 20, inputs: [{ dims: [3, 2, 2] }, null, { dims: [], type: "int64", values: [-3] }], dynamic: false },
  {
    name: "an axis known at run time, one-sided",
    op,
    opset: 20,
    inputs: [{ dims: [2, 5, 1] }, null, { dims: [], type: "int64", values: [1] }],
    attributes: { onesided: 1 },
    dynamic: false,
  },
];
