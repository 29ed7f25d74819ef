import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "default threshold", op: "ThresholdedRelu", inputs: [{ dims: [2, 6], domain: [-2, 3], avoid: [1] }] },
  { name: "negative threshold", op: "ThresholdedRelu", inputs: [{ dims: [2, 6], avoid: [-0.5] }], attributes: { alpha: float(-0.5) } },
  {
    name: "nothing passes at the threshold",
    op: "ThresholdedRelu",
    inputs: [{ dims: [2], values: [1, 1.5] }],
    expected: { cotangents: [[1, 1]], gradients: [[0, 1]] },
  },
];
