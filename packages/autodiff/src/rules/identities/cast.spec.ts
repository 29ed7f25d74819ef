import type { RuleSpec } from "../../../test/rule-spec.ts";

const FLOAT = 1;
const DOUBLE = 11;

export const rows: readonly RuleSpec[] = [
  { name: "at the newest opset", op: "Cast", inputs: [{ dims: [2, 3] }], attributes: { to: DOUBLE }, opset: 28, engine: false },
  { name: "narrowing", op: "Cast", inputs: [{ dims: [2, 3], type: "float64" }], attributes: { to: FLOAT } },
  { name: "widening", op: "Cast", inputs: [{ dims: [2, 3] }], attributes: { to: DOUBLE } },
  {
    name: "narrowing",
    op: "CastLike",
    inputs: [
      { dims: [2, 3], type: "float64" },
      { dims: [], constant: true },
    ],
  },
];
