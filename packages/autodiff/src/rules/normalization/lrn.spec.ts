import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "odd size", op: "LRN", inputs: [{ dims: [2, 5, 3, 2] }], attributes: { size: 3, alpha: float(0.5), beta: float(0.75), bias: float(1.5) } },
  {
    name: "even size, which ONNX Runtime does not run",
    op: "LRN",
    inputs: [{ dims: [1, 6, 2, 2] }],
    attributes: { size: 4, alpha: float(1), beta: float(0.5) },
    engine: false,
  },
];
