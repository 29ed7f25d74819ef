import { type RuleSpec, constantScalar } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "without a mode", op: "Dropout", inputs: [{ dims: [2, 3] }] },
  { name: "with a ratio", op: "Dropout", inputs: [{ dims: [2, 3] }, constantScalar(0.3)], opset: 22 },
  { name: "training off", op: "Dropout", inputs: [{ dims: [2, 3] }, constantScalar(0.3), { dims: [], type: "bool", values: [0], constant: true }] },
  {
    name: "training with the ratio 0, which draws nothing",
    op: "Dropout",
    inputs: [{ dims: [2, 3] }, constantScalar(0), { dims: [], type: "bool", values: [1], constant: true }],
  },
];
