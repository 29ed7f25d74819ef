import { broadcastTo } from "../../arrays/broadcast.ts";
import { mapPairs } from "../../math/elementwise.ts";
import { matrixProduct } from "../../math/matrix-product.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { joinHeads, maskBias, scaledDotProduct, splitHeads } from "../../math/scaled-dot-product.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { concatenated, sliced } from "../../arrays/axis-parts.ts";

interface Heads {
  readonly q: Value64;
  readonly k: Value64;
  readonly v: Value64;
}

/** Queries, keys and values from one projection of the input, then attention. */
function attention(call: OperatorCall): readonly Value64[] {
  const [x, weights, bias] = [call.input(0), call.input(1), call.optional(2)];
  if (call.optional(4) !== undefined || call.flag("do_rotary")) throw call.unsupported("past states and rotary positions of com.microsoft.Attention");
  const product = matrixProduct(x, weights);
  const projected = bias === undefined ? product : mapPairs(product, bias, (a, b) => a + b);
  const third = projected.dims[2]! / 3;
  const [queries, keys, values] = call.attributes.ints("qkv_hidden_sizes", [third, third, third]) as [number, number, number];
  const heads = call.attributes.int("num_heads", 1);
  const part = (start: number, size: number): Value64 => splitHeads(sliced(projected, 2, start, start + size), heads);
  return [attended(call, { q: part(0, queries), k: part(queries, keys), v: part(queries + keys, values) }, call.optional(3), call.optional(5))];
}

/** Attention of given queries, keys and values, with a cache: output, present key, present value. */
function multiHeadAttention(call: OperatorCall): readonly Value64[] {
  const [query, key, value, bias] = [call.input(0), call.input(1), call.input(2), call.optional(3)];
  if (query.dims.length !== 3) throw call.unsupported("packed queries, keys and values");
  const heads = call.attributes.int("num_heads", 1);
  const q = splitHeads(shifted(query, bias, 0), heads);
  const hidden = query.dims[2]!;
  const split = (x: Value64, start: number): Value64 => (x.dims.length === 4 ? x : splitHeads(shifted(x, bias, start), heads));
  const k = withPast(call.optional(6), split(key, hidden));
  const v = withPast(call.optional(7), split(value, 2 * hidden));
  return [attended(call, { q, k, v }, call.optional(4), call.optional(5)), k, v];
}

function withPast(past: Value64 | undefined, now: Value64): Value64 {
  return past === undefined ? now : concatenated([past, now], 2);
}

/** x plus its part of the bias of queries, keys and values. */
function shifted(x: Value64, bias: Value64 | undefined, start: number): Value64 {
  return bias === undefined ? x : mapPairs(x, sliced(bias, 0, start, start + x.dims[2]!), (a, b) => a + b);
}

function attended(call: OperatorCall, { q, k, v }: Heads, mask: Value64 | undefined, bias: Value64 | undefined): Value64 {
  const dims = [q.dims[0]!, q.dims[1]!, q.dims[2]!, k.dims[2]!] as const;
  const masked = call.float("mask_filter_value", -10000);
  const causal = maskBias(dims, -Infinity, (_, query, key) => !call.flag("unidirectional") || key <= query + dims[3] - dims[2]);
  const parts = [
    causal,
    ...(mask === undefined ? [] : [paddingBias(call, mask, dims, masked)]),
    ...(bias === undefined ? [] : [value64(bias.type, dims, broadcastTo(bias, dims))]),
  ];
  const scale = call.float("scale", 0) || 1 / Math.sqrt(q.dims[3]!);
  return joinHeads(scaledDotProduct({ q, k, v, scale, bias: parts.reduce((a, b) => mapPairs(a, b, (x, y) => x + y)) }).y);
}

/** The mask as lengths [batch], as flags [batch, keys], or as flags [batch, queries, keys]. */
function paddingBias(call: OperatorCall, mask: Value64, dims: readonly [number, number, number, number], masked: number): Value64 {
  const [batch, , queries, keys] = dims;
  if (mask.dims.length === 1 && mask.data.length === batch) return maskBias(dims, masked, (n, _, key) => key < mask.data[n]!);
  if (mask.dims.length === 2) return maskBias(dims, masked, (n, _, key) => mask.data[n * keys + key] !== 0);
  if (mask.dims.length === 3) return maskBias(dims, masked, (n, query, key) => mask.data[(n * queries + query) * keys + key] !== 0);
  throw call.unsupported(`a mask of dims [${mask.dims.join(", ")}]`);
}

/** Attention of ONNX Runtime's own domain. */
export const microsoftAttentionOperators: OperatorTable = {
  "com.microsoft.Attention": attention,
  "com.microsoft.MultiHeadAttention": multiHeadAttention,
};
