import type { RuleSpec } from "../../../test/rule-spec.ts";

const op = "TensorScatter";
const starts = { dims: [2], type: "int64", values: [1, 3] } as const;

export const rows: readonly RuleSpec[] = [
  { name: "from the start on", op, opset: 24, inputs: [{ dims: [2, 5, 3] }, { dims: [2, 2, 3] }] },
  { name: "from an index of each sample", op, opset: 24, inputs: [{ dims: [2, 5, 3] }, { dims: [2, 2, 3] }, starts] },
  { name: "around the end", op, opset: 24, inputs: [{ dims: [2, 4, 3] }, { dims: [2, 3, 3] }, starts], attributes: { mode: "circular" } },
  { name: "heads before the sequence", op, opset: 24, inputs: [{ dims: [2, 2, 5, 3] }, { dims: [2, 2, 2, 3] }, starts] },
  { name: "another axis", op, opset: 24, inputs: [{ dims: [2, 3, 5] }, { dims: [2, 3, 2] }, starts], attributes: { axis: -1 } },
];
