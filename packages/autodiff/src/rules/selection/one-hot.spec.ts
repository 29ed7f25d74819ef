import { type RuleSpec, constantScalar, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "at the newest opset", op: "OneHot", inputs: [ints([0, 2, -1]), constantScalar(4), { dims: [2] }], opset: 28, engine: false },
  { name: "last axis", op: "OneHot", inputs: [ints([0, 2, -1]), constantScalar(4), { dims: [2] }] },
  { name: "first axis", op: "OneHot", inputs: [ints([1, 0, 2, 1], [2, 2]), constantScalar(3), { dims: [2] }], attributes: { axis: 0 } },
];
