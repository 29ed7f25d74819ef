import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "around 0", op: "Softplus", inputs: [{ dims: [2, 5], domain: [-4, 4] }] },
  { name: "large numbers stay finite", op: "Softplus", inputs: [{ dims: [2], values: [200, -200] }], expected: { cotangents: [[2, 2]], gradients: [[2, 0]] } },
];
