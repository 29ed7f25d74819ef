import type { Dim, Facts } from "../../graphs/facts.ts";
import { convRules } from "./conv.ts";
import { addDims, divideDimsExactly, multiplyDims } from "../dim-arithmetic.ts";
import { matmulDims, matmulRules } from "./matmul.ts";
import { layerNormalization } from "./norm.ts";
import { type InferenceRule, type InferenceRules, type NodeView, tensor } from "../rule.ts";

const likeFirst: InferenceRule = (node) => [tensor(node.type(0), node.dims(0))];

/** Common operators of the domain com.microsoft. */
export const microsoftRules: InferenceRules = {
  Gelu: likeFirst,
  FastGelu: likeFirst,
  QuickGelu: likeFirst,
  BiasGelu: likeFirst,
  BiasSoftmax: likeFirst,
  GroupNorm: likeFirst,
  RotaryEmbedding: likeFirst,
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: layerNormalization,
  SkipLayerNormalization: skipNormalization,
  SkipSimplifiedLayerNormalization: skipNormalization,
  EmbedLayerNormalization: embedNormalization,
  FusedConv: convRules["Conv"] as InferenceRule,
  FusedGemm: matmulRules["Gemm"] as InferenceRule,
  FusedMatMul: fusedMatMul,
  MatMulNBits: (node) => [tensor(node.type(0), node.dims(0)?.with(-1, node.attributes.int("N") ?? null) ?? null)],
  Attention: packedAttention,
  MultiHeadAttention: multiHeadAttention,
};

function skipNormalization(node: NodeView): readonly Facts[] {
  const dims = node.dims(0);
  const statistic = tensor("float32", dims?.with(-1, 1) ?? null);
  return [tensor(node.type(0), dims), statistic, statistic, tensor(node.type(0), dims)];
}

/** Token ids [N, length] and a table [words, size] give [N, length, size], a mask index [N] and the sum of embeddings. */
function embedNormalization(node: NodeView): readonly Facts[] {
  const ids = node.dims(0);
  const embedded = tensor(node.type(2), ids && [...ids, node.dims(2)?.[1] ?? null]);
  return [embedded, tensor("int32", [ids?.[0] ?? null]), embedded];
}

/** MatMul whose operands may be transposed first: their last two axes, or their batch axes with the rows. */
function fusedMatMul(node: NodeView): readonly Facts[] {
  if (node.attributes.int("transBatchA", 0) === 1 || node.attributes.int("transBatchB", 0) === 1)
    return [tensor(node.type(0), node.dims(0)?.map(() => null) ?? null)];
  const operands = ["transA", "transB"].map((name, index) => transposed(node.dims(index), node.attributes.int(name, 0) === 1));
  return [tensor(node.type(0), matmulDims(node, operands[0] ?? null, operands[1] ?? null))];
}

function transposed(dims: readonly Dim[] | null, swap: boolean): readonly Dim[] | null {
  return dims !== null && swap && dims.length > 1 ? [...dims.slice(0, -2), dims.at(-1) as Dim, dims.at(-2) as Dim] : dims;
}

/** Input [N, length, size] and weights [size, query + key + value sizes]; the state is [2, N, heads, total, head size]. */
function packedAttention(node: NodeView): readonly Facts[] {
  const [batch = null, length = null] = node.dims(0) ?? [];
  const sizes = node.attributes.ints("qkv_hidden_sizes");
  const hidden = sizes?.[2] ?? divideDimsExactly(node.dims(1)?.[1] ?? null, 3);
  const heads = node.attributes.int("num_heads") ?? null;
  const total = node.has(4) ? addDims(node.dims(4)?.[3] ?? null, length) : length;
  const shared = node.attributes.int("past_present_share_buffer", 0) === 1;
  const headSize = sizes === undefined ? divideDimsExactly(hidden, heads) : null;
  return [tensor(node.type(0), [batch, length, hidden]), tensor(node.type(0), [2, batch, heads, shared ? null : total, headSize])];
}

/** Query [N, length, size], value [N, length, size] or [N, heads, length, head size]. Packed forms have rank 5 or no value. */
function multiHeadAttention(node: NodeView): readonly Facts[] {
  const [query, value] = [node.dims(0), node.dims(2)];
  if (query?.length !== 3 || value === null)
    return [
      tensor(node.type(0), query?.length === 5 ? [query[0] as Dim, query[1] as Dim, multiplyDims(query[2] as Dim, query[4] as Dim)] : [null, null, null]),
    ];
  const hidden = value.length === 3 ? (value[2] as Dim) : multiplyDims(value[1] ?? null, value[3] ?? null);
  return [tensor(node.type(0), [query[0] as Dim, query[1] as Dim, hidden])];
}
