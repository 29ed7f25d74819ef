import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "equal dims", op: "Sub", inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
  { name: "broadcast both ways", op: "Sub", inputs: [{ dims: [2, 1, 3] }, { dims: [4, 1] }] },
  { name: "subtracted from a constant", op: "Sub", inputs: [{ dims: [], constant: true }, { dims: [2, 2] }] },
];
