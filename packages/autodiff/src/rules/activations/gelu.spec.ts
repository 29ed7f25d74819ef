import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "exact", op: "Gelu", opset: 20, inputs: [{ dims: [2, 6], domain: [-3, 3] }] },
  { name: "tanh", op: "Gelu", opset: 20, inputs: [{ dims: [2, 6], domain: [-3, 3] }], attributes: { approximate: "tanh" } },
];
