import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "equal dims", op: "Div", inputs: [{ dims: [2, 3] }, { dims: [2, 3], domain: [0.5, 2] }] },
  { name: "broadcast both ways", op: "Div", inputs: [{ dims: [2, 1, 3] }, { dims: [4, 1], domain: [-3, -0.5] }] },
  { name: "constant divisor", op: "Div", inputs: [{ dims: [2, 3] }, { dims: [], domain: [1, 2], constant: true }] },
  {
    name: "constant dividend",
    op: "Div",
    inputs: [
      { dims: [3], constant: true },
      { dims: [2, 3], domain: [1, 2] },
    ],
  },
];
