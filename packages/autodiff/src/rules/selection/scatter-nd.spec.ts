import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "ScatterND";

export const rows: readonly RuleSpec[] = [
  { name: "elements written", op, inputs: [{ dims: [2, 3] }, ints([0, 1, 1, -1], [2, 2]), { dims: [2] }] },
  { name: "slices written", op, inputs: [{ dims: [4, 2] }, ints([2, 0], [2, 1]), { dims: [2, 2] }] },
  ...["add", "mul", "max", "min"].map((reduction): RuleSpec => ({
    name: reduction,
    op,
    inputs: [{ dims: [4], distinct: true }, ints([1, 3, 0], [3, 1]), { dims: [3], distinct: true, domain: [-2.1, 1.9] }],
    attributes: { reduction },
  })),
];
