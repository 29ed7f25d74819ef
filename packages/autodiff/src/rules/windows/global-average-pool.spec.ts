import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "2-D", op: "GlobalAveragePool", inputs: [{ dims: [2, 3, 4, 5] }] },
  { name: "1-D", op: "GlobalAveragePool", inputs: [{ dims: [2, 3, 4] }] },
];
