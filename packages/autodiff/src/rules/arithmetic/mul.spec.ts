import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "equal dims", op: "Mul", inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
  { name: "broadcast both ways", op: "Mul", inputs: [{ dims: [2, 1, 3] }, { dims: [4, 1] }] },
  { name: "one factor constant", op: "Mul", inputs: [{ dims: [2, 3] }, { dims: [3], constant: true }] },
];
