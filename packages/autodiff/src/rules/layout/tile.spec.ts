import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "two axes", op: "Tile", inputs: [{ dims: [2, 3, 2] }, ints([3, 1, 2])] },
  { name: "a vector", op: "Tile", inputs: [{ dims: [3] }, ints([2])] },
  { name: "repeats known only at run time", op: "Tile", inputs: [{ dims: [2, 3] }, { dims: [2], type: "int64", values: [2, 3] }] },
  { name: "nothing repeated", op: "Tile", inputs: [{ dims: [2, 3] }, ints([1, 1])] },
];
