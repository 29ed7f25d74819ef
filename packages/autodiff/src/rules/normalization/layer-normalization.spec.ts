import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  { name: "last axis", op: "LayerNormalization", inputs: [{ dims: [2, 3, 5] }, { dims: [5] }, { dims: [5] }] },
  { name: "two axes, no bias", op: "LayerNormalization", inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4] }], attributes: { axis: 1, epsilon: float(0.01) } },
  { name: "scale of one entry", op: "LayerNormalization", inputs: [{ dims: [2, 6] }, { dims: [1] }], engine: false },
  {
    name: "with mean and inverse deviation",
    op: "LayerNormalization",
    inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4] }, { dims: [3, 4] }],
    attributes: { axis: -2 },
    outputs: 3,
  },
];
