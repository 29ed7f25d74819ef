import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = ["Softmax", "LogSoftmax"].flatMap((op) => [
  { name: "last axis", op, inputs: [{ dims: [2, 3, 4] }] },
  { name: "inner axis", op, inputs: [{ dims: [2, 3, 4] }], attributes: { axis: 1 } },
  { name: "negative axis", op, inputs: [{ dims: [2, 3] }], attributes: { axis: -2 } },
  { name: "one entry", op, inputs: [{ dims: [2, 1] }] },
]);
