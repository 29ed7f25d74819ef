import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "an axis of size 1", op: "Expand", inputs: [{ dims: [2, 1, 3] }, ints([2, 4, 3])] },
  { name: "a shape smaller than x", op: "Expand", inputs: [{ dims: [2, 1, 3] }, ints([4, 1])] },
  { name: "more axes", op: "Expand", inputs: [{ dims: [3] }, ints([2, 2, 3])] },
  { name: "a scalar", op: "Expand", inputs: [{ dims: [] }, ints([2, 3])] },
  { name: "nothing to do", op: "Expand", inputs: [{ dims: [2, 3] }, ints([1])] },
  { name: "a shape known only at run time", op: "Expand", inputs: [{ dims: [1, 3] }, { dims: [2], type: "int64", values: [4, 3] }], dynamic: false },
];
