import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "positive numbers", op: "Reciprocal", inputs: [{ dims: [2, 3], domain: [0.3, 3] }] },
  { name: "negative numbers", op: "Reciprocal", inputs: [{ dims: [4], domain: [-3, -0.3] }] },
];
