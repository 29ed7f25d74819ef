import { broadcastTo } from "../arrays/broadcast.ts";
import { mapElements, mapPairs } from "./elementwise.ts";
import { matrixProduct, transposed, transposedMatrices } from "./matrix-product.ts";
import { mapLines } from "../arrays/axis-lines.ts";
import { softmaxLine } from "./softmax-line.ts";
import { type Value64, value64 } from "../arrays/value64.ts";

/** Queries, keys and values of all heads, [batch, heads, sequence, size]; fewer key and value heads are shared by groups of query heads. */
export interface DotProductAttention {
  readonly q: Value64;
  readonly k: Value64;
  readonly v: Value64;
  readonly scale: number;
  /** Added to the scores; broadcasts to [batch, heads, queries, keys]. */
  readonly bias?: Value64 | undefined;
  /** Scores are limited smoothly to ±softcap; 0 leaves them. */
  readonly softcap?: number;
  /** Queries that may look at no key get the result 0, as the operator of ONNX gives it; otherwise NaN. */
  readonly zeroWhereMasked?: boolean;
}

export interface AttentionStages {
  /** [batch, heads, queries, value size]. */
  readonly y: Value64;
  /** scale · q kᵀ. */
  readonly scores: Value64;
  readonly capped: Value64;
  /** Capped scores with the bias. */
  readonly biased: Value64;
  readonly probabilities: Value64;
}

/** y = softmax(softcap(scale · q kᵀ) + bias) v (Vaswani et al. 2017, arXiv:1706.03762). */
export function scaledDotProduct({ q, k, v, scale, bias, softcap = 0, zeroWhereMasked = false }: DotProductAttention): AttentionStages {
  const heads = q.dims[1]!;
  const scores = mapElements(matrixProduct(q, transposedMatrices(repeatedHeads(k, heads))), (x) => scale * x);
  const capped = softcap === 0 ? scores : mapElements(scores, (x) => softcap * Math.tanh(x / softcap));
  const biased = bias === undefined ? capped : mapPairs(capped, value64(bias.type, capped.dims, broadcastTo(bias, capped.dims)), (x, b) => x + b);
  const probabilities = mapLines(biased, 3, (line) =>
    zeroWhereMasked && line.every((x) => x === -Infinity) ? new Float64Array(line.length) : softmaxLine(line),
  );
  return { y: matrixProduct(probabilities, repeatedHeads(v, heads)), scores, capped, biased, probabilities };
}

/** Each head repeated so that there are `count`. */
function repeatedHeads(x: Value64, count: number): Value64 {
  const [batch, heads, length, size] = x.dims as [number, number, number, number];
  if (heads === count) return x;
  const stretched = broadcastTo(value64(x.type, [batch, heads, 1, length, size], x.data), [batch, heads, count / heads, length, size]);
  return value64(x.type, [batch, count, length, size], stretched);
}

/** [batch, sequence, heads · size] as [batch, heads, sequence, size]. */
export function splitHeads(x: Value64, heads: number): Value64 {
  const [batch, length, hidden] = x.dims as [number, number, number];
  return transposed(value64(x.type, [batch, length, heads, hidden / heads], x.data), [0, 2, 1, 3]);
}

/** [batch, heads, sequence, size] as [batch, sequence, heads · size]. */
export function joinHeads(x: Value64): Value64 {
  const [batch, heads, length, size] = x.dims as [number, number, number, number];
  return value64(x.type, [batch, length, heads * size], transposed(x, [0, 2, 1, 3]).data);
}

/** A bias of dims that is `masked` where `allowed` is false, else 0. */
export function maskBias(
  dims: readonly [number, number, number, number],
  masked: number,
  allowed: (batch: number, query: number, key: number) => boolean,
): Value64 {
  const [batch, heads, queries, keys] = dims;
  const bias = value64("float32", dims);
  for (let i = 0; i < bias.data.length; i++) {
    const n = Math.floor(i / (heads * queries * keys)) % batch;
    if (!allowed(n, Math.floor(i / keys) % queries, i % keys)) bias.data[i] = masked;
  }
  return bias;
}
