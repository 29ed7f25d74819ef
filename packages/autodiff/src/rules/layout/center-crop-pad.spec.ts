import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "cut and padded, odd differences", op: "CenterCropPad", inputs: [{ dims: [5, 2, 4] }, ints([2, 5, 4])] },
  { name: "even differences", op: "CenterCropPad", inputs: [{ dims: [5, 2] }, ints([3, 6])] },
  { name: "given axes", op: "CenterCropPad", inputs: [{ dims: [2, 3, 4] }, ints([6, 1])], attributes: { axes: [1, -1] } },
];
