import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "STFT";
const window = { dims: [4], domain: [0.2, 1] as const };

export const rows: readonly RuleSpec[] = [
  { name: "window, one-sided", op, inputs: [{ dims: [2, 10, 1] }, ints([2], []), window], dynamic: false },
  {
    name: "window and length",
    op,
    inputs: [{ dims: [1, 9, 1] }, ints([3], []), { ...window, constant: true }, ints([4], [])],
    attributes: { onesided: 0 },
    dynamic: false,
  },
  { name: "no window", op, opset: 20, inputs: [{ dims: [1, 8, 1] }, ints([2], []), null, ints([4], [])], dynamic: false },
  { name: "complex", op, inputs: [{ dims: [1, 8, 2] }, ints([4], []), window], attributes: { onesided: 0 }, dynamic: false },
];
