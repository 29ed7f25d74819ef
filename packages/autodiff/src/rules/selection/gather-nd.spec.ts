import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "elements, repeated", op: "GatherND", inputs: [{ dims: [2, 3] }, ints([0, 1, 1, -1, 0, 1], [3, 2])] },
  { name: "slices", op: "GatherND", inputs: [{ dims: [3, 2, 2] }, ints([2, 0], [2, 1])] },
  { name: "batch axes", op: "GatherND", inputs: [{ dims: [2, 3, 2] }, ints([1, 0], [2, 1])], attributes: { batch_dims: 1 } },
];
