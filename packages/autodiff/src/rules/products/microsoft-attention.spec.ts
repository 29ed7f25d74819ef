import { float } from "@xdeep/onnx";
import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const domain = "com.microsoft";
const x = { dims: [2, 3, 4] };
const mask = (dims: readonly number[], values: readonly number[]) => ({ dims, type: "int32" as const, values });

const attention = (row: Omit<RuleSpec, "op" | "domain">): RuleSpec => ({ op: "Attention", domain, attributes: { num_heads: 2 }, ...row });
const multiHead = (row: Omit<RuleSpec, "op" | "domain">): RuleSpec => ({ op: "MultiHeadAttention", domain, attributes: { num_heads: 2 }, ...row });

export const rows: readonly RuleSpec[] = [
  attention({ name: "with a bias", inputs: [x, { dims: [4, 12] }, { dims: [12] }] }),
  attention({ name: "unequal sizes", inputs: [x, { dims: [4, 14] }, { dims: [14] }], attributes: { num_heads: 2, qkv_hidden_sizes: [4, 4, 6] } }),
  attention({ name: "lengths", inputs: [x, { dims: [4, 12] }, { dims: [12] }, mask([2], [2, 3])] }),
  attention({
    name: "flags for keys, causal",
    inputs: [x, { dims: [4, 12] }, { dims: [12] }, mask([2, 3], [1, 0, 1, 1, 1, 1])],
    attributes: { num_heads: 1, unidirectional: 1, scale: float(0.5) },
  }),
  attention({
    name: "flags for queries and keys",
    inputs: [x, { dims: [4, 12] }, { dims: [12] }, mask([2, 3, 3], [1, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1])],
  }),
  multiHead({ name: "plain", inputs: [x, { dims: [2, 5, 4] }, { dims: [2, 5, 6] }] }),
  multiHead({ name: "bias and attention bias", inputs: [x, { dims: [2, 5, 4] }, { dims: [2, 5, 6] }, { dims: [14] }, null, { dims: [1, 2, 3, 5] }] }),
  multiHead({
    name: "past keys and values",
    inputs: [x, { dims: [2, 3, 4] }, { dims: [2, 3, 4] }, null, null, null, { dims: [2, 2, 2, 2] }, { dims: [2, 2, 2, 2] }],
    outputs: 3,
  }),
  multiHead({ name: "lengths", inputs: [x, x, x, null, { ...ints([2, 3]), type: "int32", constant: false }] }),
];
