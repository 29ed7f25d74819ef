import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "default", op: "Swish", opset: 24, inputs: [{ dims: [2, 6], domain: [-4, 4] }] },
  { name: "steeper", op: "Swish", opset: 24, inputs: [{ dims: [2, 6] }], attributes: { alpha: float(1.75) } },
];
