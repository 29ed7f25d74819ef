import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "default", op: "HardSigmoid", inputs: [{ dims: [3, 4], domain: [-4, 4], avoid: [-2.5, 2.5] }] },
  { name: "given line", op: "HardSigmoid", inputs: [{ dims: [3, 4], domain: [-4, 4], avoid: [-3, 1] }], attributes: { alpha: float(0.25), beta: float(0.75) } },
  {
    name: "nothing passes at the kinks",
    op: "HardSigmoid",
    inputs: [{ dims: [3], values: [-1, 1, 0.5] }],
    attributes: { alpha: float(0.5), beta: float(0.5) },
    expected: { cotangents: [[4, 4, 4]], gradients: [[0, 0, 2]] },
  },
];
