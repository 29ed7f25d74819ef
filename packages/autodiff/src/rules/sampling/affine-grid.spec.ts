import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "2-D", op: "AffineGrid", opset: 20, inputs: [{ dims: [2, 2, 3] }, ints([2, 1, 3, 4])] },
  { name: "3-D, corners aligned", op: "AffineGrid", opset: 20, inputs: [{ dims: [1, 3, 4] }, ints([1, 2, 2, 3, 2])], attributes: { align_corners: 1 } },
];
