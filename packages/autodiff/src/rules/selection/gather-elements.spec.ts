import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "repeated and negative indices", op: "GatherElements", inputs: [{ dims: [3, 2] }, ints([0, 2, 0, -1], [2, 2])] },
  { name: "inner axis, fewer rows", op: "GatherElements", inputs: [{ dims: [3, 4] }, ints([3, 3, 0, 1, 1, 1], [2, 3])], attributes: { axis: 1 } },
  {
    name: "indices known at run time, negative axis",
    op: "GatherElements",
    inputs: [{ dims: [2, 3, 2] }, { dims: [2, 3, 1], type: "int64", values: [0, 1, 0, 1, 1, 0] }],
    attributes: { axis: -1 },
  },
];
