import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

const domain = "com.microsoft";

export const rows: readonly RuleSpec[] = [
  { name: "around 0", op: "Gelu", domain, inputs: [{ dims: [2, 5], domain: [-3, 3] }] },
  { name: "with a bias", op: "BiasGelu", domain, inputs: [{ dims: [2, 3, 4] }, { dims: [4] }] },
  { name: "without a bias", op: "FastGelu", domain, inputs: [{ dims: [2, 5], domain: [-3, 3] }] },
  { name: "with a bias", op: "FastGelu", domain, inputs: [{ dims: [2, 4] }, { dims: [4] }] },
  { name: "default", op: "QuickGelu", domain, inputs: [{ dims: [2, 5] }] },
  { name: "given slope", op: "QuickGelu", domain, inputs: [{ dims: [2, 5] }], attributes: { alpha: float(0.5) } },
];
