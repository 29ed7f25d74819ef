import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "upper", op: "Trilu", inputs: [{ dims: [2, 3, 4] }] },
  { name: "lower, shifted", op: "Trilu", inputs: [{ dims: [3, 4] }, ints([1], [])], attributes: { upper: 0 } },
];
