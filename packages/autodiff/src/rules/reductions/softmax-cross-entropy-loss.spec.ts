import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "SoftmaxCrossEntropyLoss";
const labels = ints([0, 2, 1]);

export const rows: readonly RuleSpec[] = [
  { name: "mean", op, inputs: [{ dims: [3, 4] }, labels] },
  {
    name: "weighted, ignored label, log probabilities",
    op,
    inputs: [{ dims: [3, 4] }, labels, { dims: [4], domain: [0.5, 2] }],
    attributes: { ignore_index: 2 },
    outputs: 2,
  },
  { name: "none, space", op, inputs: [{ dims: [2, 3, 2] }, ints([0, 2, 1, 1], [2, 2])], attributes: { reduction: "none" } },
];
