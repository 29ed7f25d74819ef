import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "equal dims", op: "Add", inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
  { name: "broadcast both ways", op: "Add", inputs: [{ dims: [2, 1, 3] }, { dims: [4, 1] }] },
  { name: "broadcast a scalar", op: "Add", inputs: [{ dims: [] }, { dims: [2, 2] }] },
];
