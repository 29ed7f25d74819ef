import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

export const rows: readonly RuleSpec[] = [
  {
    name: "scale and bias for each group",
    op: "GroupNormalization",
    inputs: [{ dims: [2, 4, 3] }, { dims: [2] }, { dims: [2] }],
    attributes: { num_groups: 2 },
  },
  {
    name: "scale and bias for each channel",
    op: "GroupNormalization",
    opset: 21,
    inputs: [{ dims: [2, 4, 2, 2] }, { dims: [4] }, { dims: [4] }],
    attributes: { num_groups: 2, epsilon: float(0.01) },
  },
  {
    name: "one group",
    op: "GroupNormalization",
    opset: 21,
    inputs: [{ dims: [2, 3, 2] }, { dims: [3], constant: true }, { dims: [3], constant: true }],
    attributes: { num_groups: 1 },
  },
];
