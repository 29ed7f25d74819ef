import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = ["Sum", "Mean"].flatMap((op) => [
  { name: "one input", op, inputs: [{ dims: [2, 3] }] },
  { name: "three inputs, broadcast", op, inputs: [{ dims: [2, 1, 3] }, { dims: [4, 1] }, { dims: [] }] },
]);
