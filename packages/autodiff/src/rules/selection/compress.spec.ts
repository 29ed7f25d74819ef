import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  {
    name: "at the newest opset",
    op: "Compress",
    inputs: [{ dims: [3, 2] }, { dims: [3], type: "bool", values: [1, 0, 1] }],
    attributes: { axis: 0 },
    opset: 28,
    engine: false,
  },
  { name: "along an axis", op: "Compress", inputs: [{ dims: [3, 2] }, { dims: [3], type: "bool", values: [1, 0, 1] }], attributes: { axis: 0 } },
  { name: "elements, a short condition", op: "Compress", inputs: [{ dims: [2, 3] }, { dims: [4], type: "bool", values: [0, 1, 0, 1] }] },
];
