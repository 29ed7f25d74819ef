import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "largest", op: "TopK", inputs: [{ dims: [2, 5], distinct: true }, ints([2])], outputs: 2 },
  { name: "smallest, given axis", op: "TopK", inputs: [{ dims: [4, 3], distinct: true }, ints([3])], attributes: { axis: 0, largest: 0 }, outputs: 2 },
  {
    name: "the first of equal elements takes all",
    op: "TopK",
    inputs: [{ dims: [3], values: [2, 5, 5] }, ints([1])],
    outputs: 2,
    expected: { cotangents: [[4], [0]], gradients: [[0, 4, 0]] },
  },
];
