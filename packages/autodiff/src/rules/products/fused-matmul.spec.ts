import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

const op = "FusedMatMul";
const domain = "com.microsoft";

export const rows: readonly RuleSpec[] = [
  { name: "scaled", op, domain, inputs: [{ dims: [2, 3] }, { dims: [3, 4] }], attributes: { alpha: float(0.5) } },
  { name: "both transposed, batch broadcast", op, domain, inputs: [{ dims: [2, 3, 2] }, { dims: [4, 3] }], attributes: { transA: 1, transB: 1 } },
  { name: "batch axes moved", op, domain, inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4, 2] }], attributes: { transBatchA: 1 } },
];
