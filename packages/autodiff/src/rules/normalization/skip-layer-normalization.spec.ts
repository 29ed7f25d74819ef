import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

const domain = "com.microsoft";
const x = { dims: [2, 3, 4] };
const scale = { dims: [4] };

export const rows: readonly RuleSpec[] = [
  { name: "all inputs", op: "SkipLayerNormalization", domain, inputs: [x, x, scale, scale, scale], attributes: { epsilon: float(0.01) } },
  { name: "scale alone", op: "SkipLayerNormalization", domain, inputs: [x, x, scale] },
  { name: "all inputs", op: "SkipSimplifiedLayerNormalization", domain, inputs: [x, x, scale, scale], attributes: { epsilon: float(0.01) } },
  { name: "scale alone", op: "SkipSimplifiedLayerNormalization", domain, inputs: [x, x, scale] },
];
