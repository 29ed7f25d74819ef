import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "channels", op: "Concat", inputs: [{ dims: [2, 3, 2] }, { dims: [2, 1, 2] }, { dims: [2, 4, 2] }], attributes: { axis: 1 } },
  { name: "negative axis", op: "Concat", inputs: [{ dims: [2, 3] }, { dims: [2, 2] }], attributes: { axis: -1 } },
  { name: "one input", op: "Concat", inputs: [{ dims: [2, 3] }], attributes: { axis: 0 } },
  { name: "a constant between", op: "Concat", inputs: [{ dims: [1, 3] }, { dims: [2, 3], constant: true }, { dims: [2, 3] }], attributes: { axis: 0 } },
  { name: "an empty input", op: "Concat", inputs: [{ dims: [2, 0] }, { dims: [2, 2] }], attributes: { axis: 1 } },
];
