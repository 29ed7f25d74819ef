import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "plain", op: "Gemm", inputs: [{ dims: [2, 3] }, { dims: [3, 4] }] },
  { name: "bias row", op: "Gemm", inputs: [{ dims: [2, 3] }, { dims: [3, 4] }, { dims: [4] }] },
  {
    name: "bias column and factors",
    op: "Gemm",
    inputs: [{ dims: [2, 3] }, { dims: [3, 4] }, { dims: [2, 1] }],
    attributes: { alpha: float(0.5), beta: float(2) },
  },
  { name: "B transposed", op: "Gemm", inputs: [{ dims: [2, 3] }, { dims: [4, 3] }, { dims: [] }], attributes: { transB: 1 } },
  { name: "A transposed", op: "Gemm", inputs: [{ dims: [3, 2] }, { dims: [3, 4] }, { dims: [2, 4] }], attributes: { transA: 1, alpha: float(2) } },
  { name: "both transposed", op: "Gemm", inputs: [{ dims: [3, 2] }, { dims: [4, 3] }], attributes: { transA: 1, transB: 1 } },
];
