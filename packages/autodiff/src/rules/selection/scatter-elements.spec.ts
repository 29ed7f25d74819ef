import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "ScatterElements";
const x = { dims: [3, 3], distinct: true };
const updates = { dims: [2, 3], distinct: true, domain: [-2.05, 1.95] as const };
const repeated = ints([0, 1, 2, 0, 0, 2], [2, 3]);

export const rows: readonly RuleSpec[] = [
  { name: "written", op, inputs: [x, ints([0, 1, 2, 1, -1, 0], [2, 3]), updates] },
  { name: "written along an inner axis", op, inputs: [x, ints([0, 2, 1, -3], [2, 2]), { dims: [2, 2] }], attributes: { axis: 1 } },
  ...["add", "mul", "max", "min"].map((reduction): RuleSpec => ({
    name: `${reduction}, indices repeated`,
    op,
    inputs: [x, repeated, updates],
    attributes: { reduction },
  })),
  {
    name: "mul with zeros",
    op,
    inputs: [{ dims: [2], values: [0, 3] }, ints([0, 1, 1]), { dims: [3], values: [5, 0, 7] }],
    attributes: { reduction: "mul" },
    expected: {
      cotangents: [[1, 1]],
      gradients: [
        [5, 0],
        [0, 21, 0],
      ],
    },
  },
  {
    name: "max with ties",
    op,
    inputs: [{ dims: [2], values: [4, 3] }, ints([0, 0, 1]), { dims: [3], values: [4, 4, 3] }],
    attributes: { reduction: "max" },
    expected: {
      cotangents: [[6, 4]],
      gradients: [
        [2, 2],
        [2, 2, 2],
      ],
    },
  },
];
