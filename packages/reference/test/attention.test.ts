import { float } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { type Value64, value64 } from "../src/arrays/value64.ts";
import { type NodeCase, expectSameAsOnnxRuntime } from "./compare-with-onnxruntime.ts";

const q = randomValue(1, [2, 4, 3, 8]);
const k = randomValue(2, [2, 4, 5, 8]);
const v = randomValue(3, [2, 4, 5, 6]);
const flatQ = randomValue(4, [2, 3, 32]);
const flatK = randomValue(5, [2, 5, 16]);
const flatV = randomValue(6, [2, 5, 12]);
const grouped = { q_num_heads: 4, kv_num_heads: 2 };
const floatMask = randomValue(7, [3, 5]);
const boolMask = value64("bool", [2, 1, 3, 5], [1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1]);
const pastK = randomValue(8, [2, 4, 2, 8]);
const pastV = randomValue(9, [2, 4, 2, 6]);

const attention: readonly NodeCase[] = [
  { name: "plain", inputs: [q, k, v] },
  { name: "scale", inputs: [q, k, v], attributes: { scale: float(0.3) } },
  { name: "three axes, grouped heads", inputs: [flatQ, flatK, flatV], attributes: grouped },
  { name: "float mask", inputs: [q, k, v, floatMask] },
  { name: "bool mask", inputs: [q, k, v, boolMask] },
  { name: "softcap", inputs: [q, k, v, floatMask], attributes: { softcap: float(0.7) } },
  { name: "causal", inputs: [q, k, v], attributes: { is_causal: 1 } },
  { name: "past", inputs: [q, k, v, null, pastK, pastV], outputs: 3 },
  { name: "past, causal", inputs: [q, k, v, null, pastK, pastV], attributes: { is_causal: 1 }, outputs: 3 },
  ...[0, 1, 2, 3].map((qk_matmul_output_mode) => ({
    name: `scores, mode ${qk_matmul_output_mode}`,
    inputs: [q, k, v, floatMask],
    attributes: { qk_matmul_output_mode, softcap: float(0.7) },
    outputs: [true, false, false, true],
  })),
].map((row) => ({ op: "Attention", opset: 23, ...row }));

const padded: readonly NodeCase[] = [0, 1].map((is_causal) => ({
  name: `nonpad_kv_seqlen, causal ${is_causal}`,
  op: "Attention",
  opset: 24,
  inputs: [q, k, v, null, null, null, value64("int64", [2], [5, 4])],
  attributes: { is_causal },
}));

const cos = randomValue(10, [12, 4]);
const sin = randomValue(11, [12, 4]);
const positions = value64("int64", [2, 3], [0, 4, 2, 11, 1, 7]);
const rotary: readonly NodeCase[] = [0, 1].flatMap((interleaved) => [
  { name: `four axes, interleaved ${interleaved}`, op: "RotaryEmbedding", opset: 23, inputs: [q, cos, sin, positions], attributes: { interleaved } },
  {
    name: `part, interleaved ${interleaved}`,
    op: "RotaryEmbedding",
    opset: 23,
    inputs: [q, randomValue(12, [12, 2]), randomValue(13, [12, 2]), positions],
    attributes: { interleaved, rotary_embedding_dim: 4 },
  },
  {
    name: `three axes without positions, interleaved ${interleaved}`,
    op: "RotaryEmbedding",
    opset: 23,
    inputs: [flatQ, randomValue(14, [2, 3, 4]), randomValue(15, [2, 3, 4])],
    attributes: { interleaved, num_heads: 4 },
  },
  { name: `interleaved ${interleaved}`, op: "RotaryEmbedding", domain: "com.microsoft", inputs: [flatQ, positions, cos, sin], attributes: { interleaved } },
  {
    name: `first position, interleaved ${interleaved}`,
    op: "RotaryEmbedding",
    domain: "com.microsoft",
    inputs: [flatQ, value64("int64", [1], [3]), cos, sin],
    attributes: { interleaved },
  },
]);

const x = randomValue(16, [2, 3, 8]);
const projection: readonly Value64[] = [randomValue(17, [8, 24]), randomValue(18, [24])];
const contributed: readonly NodeCase[] = [
  { name: "plain", op: "Attention", inputs: [x, ...projection], attributes: { num_heads: 2 } },
  { name: "causal, scale", op: "Attention", inputs: [x, ...projection], attributes: { num_heads: 2, unidirectional: 1, scale: float(0.4) } },
  { name: "lengths", op: "Attention", inputs: [x, ...projection, value64("int32", [2], [3, 2])], attributes: { num_heads: 2 } },
  { name: "flags", op: "Attention", inputs: [x, ...projection, value64("int32", [2, 3], [1, 0, 1, 1, 1, 0])], attributes: { num_heads: 2 } },
  {
    name: "flags per query",
    op: "Attention",
    inputs: [x, ...projection, value64("int32", [2, 3, 3], [1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0])],
    attributes: { num_heads: 2 },
  },
  { name: "bias", op: "Attention", inputs: [x, ...projection, null, null, randomValue(19, [1, 2, 3, 3])], attributes: { num_heads: 2 } },
  { name: "sizes", op: "Attention", inputs: [x, randomValue(20, [8, 20]), randomValue(21, [20])], attributes: { num_heads: 2, qkv_hidden_sizes: [8, 8, 4] } },
  { name: "plain", op: "MultiHeadAttention", inputs: [x, randomValue(22, [2, 5, 8]), randomValue(23, [2, 5, 4])], attributes: { num_heads: 2 } },
  {
    name: "biases",
    op: "MultiHeadAttention",
    inputs: [x, randomValue(22, [2, 5, 8]), randomValue(23, [2, 5, 8]), randomValue(24, [24]), null, randomValue(25, [2, 2, 3, 5])],
    attributes: { num_heads: 2 },
  },
  {
    name: "key padding",
    op: "MultiHeadAttention",
    inputs: [x, randomValue(22, [2, 5, 8]), randomValue(23, [2, 5, 8]), null, value64("int32", [2, 5], [1, 1, 0, 1, 0, 1, 1, 1, 1, 0])],
    attributes: { num_heads: 2 },
  },
  {
    name: "causal",
    op: "MultiHeadAttention",
    inputs: [x, randomValue(26, [2, 3, 8]), randomValue(27, [2, 3, 8])],
    attributes: { num_heads: 2, unidirectional: 1 },
  },
  {
    name: "past",
    op: "MultiHeadAttention",
    inputs: [x, randomValue(26, [2, 3, 8]), randomValue(27, [2, 3, 8]), null, null, null, randomValue(28, [2, 2, 4, 4]), randomValue(29, [2, 2, 4, 4])],
    attributes: { num_heads: 2 },
    outputs: 3,
  },
].map((row) => ({ domain: "com.microsoft", ...row }));

describe("attention", () => {
  it.each([...attention, ...padded, ...rotary, ...contributed])("$domain $op $name", expectSameAsOnnxRuntime);
});
