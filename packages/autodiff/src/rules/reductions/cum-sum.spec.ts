import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "default", op: "CumSum", inputs: [{ dims: [2, 4] }, ints([1], [])] },
  { name: "negative axis, exclusive", op: "CumSum", inputs: [{ dims: [3, 2] }, ints([-2], [])], attributes: { exclusive: 1 } },
  { name: "reverse", op: "CumSum", inputs: [{ dims: [2, 4] }, ints([1], [])], attributes: { reverse: 1 } },
  { name: "reverse and exclusive", op: "CumSum", inputs: [{ dims: [4] }, ints([0], [])], attributes: { reverse: 1, exclusive: 1 } },
];
