import { mapElements, mapPairs } from "../../math/elementwise.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { joinHeads, maskBias, scaledDotProduct, splitHeads } from "../../math/scaled-dot-product.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { concatenated } from "../../arrays/axis-parts.ts";

/** Attention with grouped heads, masks and a cache of past keys and values: Y, present key, present value, scores. */
function attention(call: OperatorCall): readonly Value64[] {
  if (call.attributes.has("left_window_size") || call.attributes.has("right_window_size")) throw call.unsupported("sliding windows");
  const flat = call.input(0).dims.length === 3;
  const headsOf = (x: Value64, attribute: string): Value64 => (flat ? splitHeads(x, call.attributes.int(attribute, 1)) : x);
  const q = headsOf(call.input(0), "q_num_heads");
  const k = withPast(call.optional(4), headsOf(call.input(1), "kv_num_heads"));
  const v = withPast(call.optional(5), headsOf(call.input(2), "kv_num_heads"));
  const scale = call.attributes.float("scale") ?? 1 / Math.sqrt(q.dims[3]!);
  const stages = scaledDotProduct({ q, k, v, scale, bias: totalBias(call, q, k), softcap: call.float("softcap", 0), zeroWhereMasked: true });
  const scores = [stages.scores, stages.capped, stages.biased, stages.probabilities][call.attributes.int("qk_matmul_output_mode", 0)]!;
  return [flat ? joinHeads(stages.y) : stages.y, k, v, scores];
}

function withPast(past: Value64 | undefined, now: Value64): Value64 {
  return past === undefined ? now : concatenated([past, now], 2);
}

/** The mask, and −∞ for keys of the future and for padding. */
function totalBias(call: OperatorCall, q: Value64, k: Value64): Value64 | undefined {
  const mask = call.optional(3);
  const given = forAllKeys(mask?.type === "bool" ? mapElements(mask, (allowed) => (allowed !== 0 ? 0 : -Infinity), q.type) : mask, k.dims[2]!);
  const lengths = call.optional(6);
  const causal = call.flag("is_causal");
  if (!causal && lengths === undefined) return given;
  const [queries, keys] = [q.dims[2]!, k.dims[2]!];
  const past = call.optional(4)?.dims[2] ?? 0;
  const blocked = maskBias([q.dims[0]!, 1, queries, keys], -Infinity, (batch, query, key) => {
    const length = lengths?.data[batch] ?? keys;
    return key < length && (!causal || key <= query + (lengths === undefined ? past : length - queries));
  });
  return given === undefined ? blocked : mapPairs(given, blocked, (a, b) => a + b);
}

/** A mask that ends before the keys do goes on with −∞. */
function forAllKeys(mask: Value64 | undefined, keys: number): Value64 | undefined {
  const length = mask?.dims.at(-1) ?? keys;
  if (mask === undefined || length === 1 || length === keys) return mask;
  const rest = [...mask.dims.slice(0, -1), keys - length];
  return concatenated([mask, value64(mask.type, rest, new Float64Array(rest.reduce((a, b) => a * b, 1)).fill(-Infinity))], mask.dims.length - 1);
}

/** Attention of ONNX itself. */
export const attentionOperators: OperatorTable = { Attention: attention };
