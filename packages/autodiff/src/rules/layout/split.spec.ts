import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "equal parts", op: "Split", inputs: [{ dims: [2, 6] }], attributes: { axis: 1, num_outputs: 3 }, outputs: 3 },
  { name: "a smaller last part", op: "Split", inputs: [{ dims: [2, 5] }], attributes: { axis: -1, num_outputs: 2 }, outputs: 2 },
  { name: "sizes given", op: "Split", inputs: [{ dims: [6, 2] }, ints([1, 2, 3])], outputs: 3 },
  { name: "one part", op: "Split", inputs: [{ dims: [2, 3] }, ints([2])], outputs: 1 },
  { name: "sizes known only at run time", op: "Split", inputs: [{ dims: [4, 2] }, { dims: [2], type: "int64", values: [1, 3] }], outputs: 2 },
];
