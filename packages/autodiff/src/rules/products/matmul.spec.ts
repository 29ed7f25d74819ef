import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "matrices", op: "MatMul", inputs: [{ dims: [2, 3] }, { dims: [3, 4] }] },
  { name: "batched", op: "MatMul", inputs: [{ dims: [5, 2, 3] }, { dims: [5, 3, 4] }] },
  { name: "batch broadcast both ways", op: "MatMul", inputs: [{ dims: [5, 1, 2, 3] }, { dims: [2, 3, 4] }] },
  { name: "vector times matrix", op: "MatMul", inputs: [{ dims: [3] }, { dims: [3, 4] }] },
  { name: "batched matrix times vector", op: "MatMul", inputs: [{ dims: [2, 4, 3] }, { dims: [3] }] },
  { name: "vector times vector", op: "MatMul", inputs: [{ dims: [3] }, { dims: [3] }] },
];
