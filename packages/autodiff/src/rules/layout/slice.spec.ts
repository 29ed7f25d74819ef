import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "leading axes", op: "Slice", inputs: [{ dims: [4, 5, 2] }, ints([1, 0]), ints([3, 4])] },
  { name: "negative bounds and axes", op: "Slice", inputs: [{ dims: [4, 5] }, ints([-3]), ints([-1]), ints([-1])] },
  { name: "bounds beyond the ends", op: "Slice", inputs: [{ dims: [4, 5] }, ints([-100, 2]), ints([9223372036854774000, 100]), ints([0, 1])] },
  { name: "steps", op: "Slice", inputs: [{ dims: [5, 7] }, ints([0, 1]), ints([5, 7]), ints([0, 1]), ints([2, 3])] },
  { name: "negative steps", op: "Slice", inputs: [{ dims: [2, 6] }, ints([5]), ints([-100]), ints([1]), ints([-2])] },
  { name: "reversed", op: "Slice", inputs: [{ dims: [4, 2] }, ints([-1]), ints([-9223372036854774000]), ints([0]), ints([-1])] },
  { name: "start known at run time", op: "Slice", inputs: [{ dims: [5, 3] }, { dims: [1], type: "int64", values: [2] }, ints([4]), ints([0])] },
  { name: "steps of 1 given", op: "Slice", inputs: [{ dims: [4, 3] }, ints([1]), ints([3]), ints([0]), ints([1])] },
  { name: "everything", op: "Slice", inputs: [{ dims: [4, 3] }, ints([0]), ints([100]), ints([0])] },
];
