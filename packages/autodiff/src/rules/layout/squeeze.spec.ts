import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "given axes", op: "Squeeze", inputs: [{ dims: [1, 3, 1, 2] }, ints([0, -2])] },
  { name: "every axis of size 1", op: "Squeeze", inputs: [{ dims: [1, 3, 1] }], dynamic: false },
  { name: "to rank 0", op: "Squeeze", inputs: [{ dims: [1] }, ints([0])] },
  { name: "given axes", op: "Unsqueeze", inputs: [{ dims: [3, 2] }, ints([0, -1])] },
  { name: "from rank 0", op: "Unsqueeze", inputs: [{ dims: [] }, ints([0])] },
];
