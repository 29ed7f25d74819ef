import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "default", op: "Shrink", inputs: [{ dims: [2, 6], avoid: [-0.5, 0.5] }] },
  { name: "with a bias", op: "Shrink", inputs: [{ dims: [2, 6], avoid: [-1, 1] }], attributes: { lambd: float(1), bias: float(0.25) } },
];
