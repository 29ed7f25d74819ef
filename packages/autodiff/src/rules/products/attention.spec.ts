import { float } from "@xdeep/onnx";
import type { RuleSpec } from "../../../test/rule-spec.ts";

const op = "Attention";
const heads = { dims: [2, 2, 3, 4] };

export const rows: readonly RuleSpec[] = [
  { name: "at the newest opset", op, opset: 25, inputs: [heads, { dims: [2, 2, 5, 4] }, { dims: [2, 2, 5, 3] }] },
  { name: "heads apart", op, opset: 23, inputs: [heads, { dims: [2, 2, 5, 4] }, { dims: [2, 2, 5, 3] }] },
  {
    name: "heads side by side",
    op,
    opset: 23,
    inputs: [{ dims: [1, 3, 8] }, { dims: [1, 4, 8] }, { dims: [1, 4, 6] }],
    attributes: { q_num_heads: 2, kv_num_heads: 2 },
  },
  { name: "grouped heads", op, opset: 23, inputs: [{ dims: [1, 4, 2, 3] }, { dims: [1, 2, 3, 3] }, { dims: [1, 2, 3, 3] }] },
  { name: "given scale and softcap", op, opset: 23, inputs: [heads, heads, heads], attributes: { scale: float(0.75), softcap: float(1.5) } },
  { name: "queries that are keys and values", op, opset: 23, inputs: [heads, { ...heads, sameAs: 0 }, { ...heads, sameAs: 0 }] },
  { name: "a float mask that gets a gradient", op, opset: 23, inputs: [heads, heads, heads, { dims: [3, 3] }] },
  { name: "a mask of truth values", op, opset: 23, inputs: [heads, heads, heads, { dims: [3, 3], type: "bool", values: [1, 0, 1, 1, 1, 0, 0, 1, 1] }] },
  {
    name: "a query that may look at nothing",
    op,
    opset: 23,
    inputs: [heads, heads, heads, { dims: [3, 3], type: "bool", values: [0, 0, 0, 1, 1, 0, 0, 1, 1] }],
  },
  {
    name: "a float mask of −∞ alone in one line",
    op,
    opset: 23,
    inputs: [heads, heads, heads, { dims: [3, 3], values: [-Infinity, -Infinity, -Infinity, 0, 0, -Infinity, 0, 0.5, 0] }],
    wrt: [0, 1, 2],
  },
  {
    name: "a batch of which one sequence is empty",
    op,
    opset: 24,
    inputs: [{ dims: [2, 1, 2, 3] }, { dims: [2, 1, 4, 3] }, { dims: [2, 1, 4, 3] }, null, null, null, { dims: [2], type: "int64", values: [0, 3] }],
  },
  {
    name: "a mask that ends before the keys do",
    op,
    opset: 24,
    inputs: [heads, { dims: [2, 2, 5, 4] }, { dims: [2, 2, 5, 4] }, { dims: [3, 3] }],
    engine: false,
  },
  { name: "causal", op, opset: 23, inputs: [heads, heads, heads], attributes: { is_causal: 1 } },
  {
    name: "causal with a past",
    op,
    opset: 23,
    inputs: [{ dims: [1, 2, 2, 3] }, { dims: [1, 2, 2, 3] }, { dims: [1, 2, 2, 3] }, null, { dims: [1, 2, 2, 3] }, { dims: [1, 2, 2, 3] }],
    attributes: { is_causal: 1 },
    outputs: 3,
  },
  {
    name: "sequence lengths",
    op,
    opset: 24,
    inputs: [{ dims: [2, 1, 2, 3] }, { dims: [2, 1, 4, 3] }, { dims: [2, 1, 4, 3] }, null, null, null, { dims: [2], type: "int64", values: [2, 4] }],
  },
  ...[0, 1, 2, 3].map((mode): RuleSpec => ({
    name: `scores as output, mode ${mode}`,
    op,
    opset: 23,
    inputs: [{ dims: [1, 1, 2, 3] }, { dims: [1, 1, 3, 3] }, { dims: [1, 1, 3, 2] }, { dims: [2, 3] }],
    attributes: { qk_matmul_output_mode: mode, softcap: float(2) },
    outputs: 4,
  })),
];
