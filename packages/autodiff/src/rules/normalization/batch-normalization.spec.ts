import { float } from "@xdeep/onnx";
import type { InputSpec, RuleSpec } from "../../../test/rule-spec.ts";

const channels = (count: number): InputSpec[] => [{ dims: [count] }, { dims: [count] }, { dims: [count] }, { dims: [count], domain: [0.5, 2] }];

export const rows: readonly RuleSpec[] = [
  { name: "2-D", op: "BatchNormalization", inputs: [{ dims: [2, 3, 4, 2] }, ...channels(3)] },
  {
    name: "constant statistics",
    op: "BatchNormalization",
    inputs: [{ dims: [2, 3, 4] }, ...channels(3).map((input) => ({ ...input, constant: true }))],
    attributes: { epsilon: float(0.1) },
  },
  { name: "features", op: "BatchNormalization", inputs: [{ dims: [4, 3] }, ...channels(3)] },
  {
    name: "training mode",
    op: "BatchNormalization",
    inputs: [{ dims: [3, 2, 2, 2] }, ...channels(2)],
    attributes: { training_mode: 1 },
    outputs: 3,
    engine: false,
  },
];
