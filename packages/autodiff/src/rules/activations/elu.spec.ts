import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "at the newest opset", op: "Celu", inputs: [{ dims: [2, 5], avoid: [0] }], opset: 28, engine: false },
  { name: "default", op: "Elu", inputs: [{ dims: [2, 5], avoid: [0] }] },
  { name: "given scale", op: "Elu", inputs: [{ dims: [2, 5], avoid: [0] }], attributes: { alpha: float(0.4) } },
  { name: "negative scale", op: "Elu", inputs: [{ dims: [2, 5], avoid: [0] }], attributes: { alpha: float(-0.4) } },
  { name: "large numbers stay finite", op: "Elu", inputs: [{ dims: [2], values: [200, -200] }], expected: { cotangents: [[2, 2]], gradients: [[2, 0]] } },
  { name: "default", op: "Selu", inputs: [{ dims: [2, 5], avoid: [0] }] },
  { name: "given scales", op: "Selu", inputs: [{ dims: [2, 5], avoid: [0] }], attributes: { alpha: float(0.5), gamma: float(2) } },
  { name: "default", op: "Celu", inputs: [{ dims: [2, 5], avoid: [0] }] },
  { name: "given scale", op: "Celu", inputs: [{ dims: [2, 5], avoid: [0] }], attributes: { alpha: float(0.5) } },
];
