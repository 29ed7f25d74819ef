import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "after the batch", op: "Flatten", inputs: [{ dims: [2, 3, 2, 2] }] },
  { name: "axis 0", op: "Flatten", inputs: [{ dims: [2, 3] }], attributes: { axis: 0 } },
  { name: "negative axis", op: "Flatten", inputs: [{ dims: [2, 3, 4] }], attributes: { axis: -1 } },
  { name: "a vector", op: "Flatten", inputs: [{ dims: [3] }] },
  { name: "a scalar", op: "Flatten", inputs: [{ dims: [] }], attributes: { axis: 0 } },
  { name: "at the newest opset", op: "Flatten", inputs: [{ dims: [2, 3, 2] }], opset: 25 },
];
