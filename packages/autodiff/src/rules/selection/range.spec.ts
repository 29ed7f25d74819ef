import { type RuleSpec, constantScalar } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  {
    name: "at the newest opset",
    op: "Range",
    inputs: [{ dims: [], values: [0.5] }, constantScalar(3.2), { dims: [], values: [0.6] }],
    opset: 28,
    engine: false,
  },
  { name: "upwards", op: "Range", inputs: [{ dims: [], values: [0.5] }, constantScalar(3.2), { dims: [], values: [0.6] }] },
  { name: "downwards", op: "Range", inputs: [{ dims: [], values: [4] }, constantScalar(0.3), { dims: [], values: [-1] }] },
];
