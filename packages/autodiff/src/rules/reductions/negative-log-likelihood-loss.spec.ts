import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "NegativeLogLikelihoodLoss";
const labels = ints([0, 2, 1]);

export const rows: readonly RuleSpec[] = [
  { name: "mean", op, inputs: [{ dims: [3, 4] }, labels] },
  { name: "weighted mean", op, inputs: [{ dims: [3, 4] }, labels, { dims: [4], domain: [0.5, 2] }] },
  { name: "sum, ignored label", op, inputs: [{ dims: [3, 4] }, labels, { dims: [4], domain: [0.5, 2] }], attributes: { reduction: "sum", ignore_index: 2 } },
  { name: "mean, ignored label outside", op, inputs: [{ dims: [3, 4] }, ints([0, -1, 1])], attributes: { ignore_index: -1 } },
  { name: "none, space", op, inputs: [{ dims: [2, 3, 2] }, ints([0, 2, 1, 1], [2, 2])], attributes: { reduction: "none" } },
];
