import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "2-D", op: "InstanceNormalization", inputs: [{ dims: [2, 3, 4, 3] }, { dims: [3] }, { dims: [3] }] },
  { name: "1-D", op: "InstanceNormalization", inputs: [{ dims: [2, 3, 5] }, { dims: [3] }, { dims: [3] }] },
];
