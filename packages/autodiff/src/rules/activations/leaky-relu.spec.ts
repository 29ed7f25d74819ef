import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "default slope", op: "LeakyRelu", inputs: [{ dims: [2, 5], avoid: [0] }] },
  { name: "given slope", op: "LeakyRelu", inputs: [{ dims: [2, 5], avoid: [0] }], attributes: { alpha: float(0.3) } },
  { name: "negative slope", op: "LeakyRelu", inputs: [{ dims: [2, 5], avoid: [0] }], attributes: { alpha: float(-0.5) } },
  {
    name: "the slope counts at 0",
    op: "LeakyRelu",
    inputs: [{ dims: [2], values: [0, 1] }],
    attributes: { alpha: float(0.25) },
    expected: { cotangents: [[4, 4]], gradients: [[1, 4]] },
  },
];
