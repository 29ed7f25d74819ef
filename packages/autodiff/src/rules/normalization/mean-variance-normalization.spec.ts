import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "batch and space by default", op: "MeanVarianceNormalization", inputs: [{ dims: [2, 2, 2, 3] }] },
  { name: "given axes", op: "MeanVarianceNormalization", inputs: [{ dims: [2, 5] }], attributes: { axes: [-1] } },
];
