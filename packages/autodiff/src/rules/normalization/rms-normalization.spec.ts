import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "last axis", op: "RMSNormalization", opset: 23, inputs: [{ dims: [2, 5] }, { dims: [5] }] },
  { name: "several axes", op: "RMSNormalization", opset: 23, inputs: [{ dims: [2, 2, 3] }, { dims: [2, 3] }], attributes: { axis: 1, epsilon: float(0.1) } },
  { name: "last axis", op: "SimplifiedLayerNormalization", inputs: [{ dims: [2, 3, 4] }, { dims: [4] }] },
  { name: "with the inverse root", op: "SimplifiedLayerNormalization", inputs: [{ dims: [2, 4] }, { dims: [4] }], outputs: 2 },
];
