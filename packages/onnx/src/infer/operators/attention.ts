import type { Dim, Facts } from "../../graphs/facts.ts";
import { addDims, divideDimsExactly, multiplyDims } from "../dim-arithmetic.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Attention of opset 23: query, key and value as [N, heads, length, size] or [N, length, heads · size]. */
export const attentionRules: InferenceRules = {
  Attention: attention,
  RotaryEmbedding: (node) => [tensor(node.type(0), node.dims(0))],
};

interface Heads {
  readonly batch: Dim;
  readonly heads: Dim;
  readonly length: Dim;
  readonly size: Dim;
}

function attention(node: NodeView): readonly Facts[] {
  const queryHeads = node.attributes.int("q_num_heads");
  const keyHeads = node.attributes.int("kv_num_heads");
  const [query, key, value] = [headsOf(node, 0, queryHeads), headsOf(node, 1, keyHeads), headsOf(node, 2, keyHeads)];
  const total = node.has(4) ? addDims(node.dims(4)?.[2] ?? null, key.length) : key.length;
  const cached = ({ batch, heads, size }: Heads): readonly Dim[] => [batch, heads, total, size];
  return [
    tensor(node.type(0), outputDims(node, query, value)),
    tensor(node.type(1), cached(key)),
    tensor(node.type(2), cached(value)),
    tensor(node.type(0), [query.batch, query.heads, query.length, total]),
  ];
}

function outputDims(node: NodeView, query: Heads, value: Heads): readonly Dim[] | null {
  const rank = node.rank(0) ?? node.rank(2);
  if (rank === null) return null;
  return rank === 4 ? [query.batch, query.heads, query.length, value.size] : [query.batch, query.length, multiplyDims(query.heads, value.size)];
}

function headsOf(node: NodeView, index: number, heads: number | undefined): Heads {
  const dims = node.dims(index);
  const [batch = null, second = null, third = null, fourth = null] = dims ?? [];
  if (dims?.length === 4) return { batch, heads: second, length: third, size: fourth };
  return { batch, heads: heads ?? null, length: second, size: heads === undefined ? null : divideDimsExactly(third, heads) };
}
