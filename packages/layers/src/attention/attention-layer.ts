import { type FloatTensor, XDeepError } from "@xdeep/core";

/** One layer's attention of one row: probabilities and their gradients, [heads, tokens, tokens]. */
export interface AttentionLayer {
  readonly heads: number;
  readonly tokens: number;
  readonly probabilities: Float32Array;
  readonly gradient: Float32Array;
}

/** The attention of one row in plain arrays. */
export function attentionLayer(name: string, { dims, data }: FloatTensor, gradient: FloatTensor): AttentionLayer {
  const [queries, keys] = dims.slice(-2) as [number, number];
  if (queries !== keys) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `The attention "${name}" goes from ${queries} queries to ${keys} keys. This method is for self-attention; encoder-decoder networks have further rules.`,
      {
        details: { layer: name, dims },
      },
    );
  }
  return { heads: data.length / (queries * keys), tokens: keys, probabilities: data, gradient: gradient.data };
}

/** Layers of one size, as a product of them needs. */
export function checkedLayers(layers: readonly AttentionLayer[]): readonly AttentionLayer[] {
  const sizes = [...new Set(layers.map(({ tokens }) => tokens))];
  if (sizes.length === 1) return layers;
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `The layers attend to different numbers of tokens (${sizes.join(", ")}), as windows do: their attention cannot be multiplied.`,
    { details: { tokens: sizes } },
  );
}

/** The row of the token that is scored, or the mean of those that are. */
export function readRow(matrix: Float64Array, layers: readonly AttentionLayer[], token: number | "mean" | undefined): Float64Array {
  const { tokens } = layers[0]!;
  const chosen = token === "mean" ? Array.from({ length: tokens }, (_, i) => i) : token === undefined ? scoredTokens(layers.at(-1)!) : [token];
  const outside = chosen.find((index) => !Number.isInteger(index) || index < 0 || index >= tokens);
  if (outside !== undefined)
    throw new XDeepError("OPTION_INVALID", `\`token\` is one of 0 to ${tokens - 1}, got ${String(outside)}.`, {
      details: { option: "token", got: outside, tokens },
    });
  return new Float64Array(tokens).map((_, j) => chosen.reduce((sum, i) => sum + matrix[i * tokens + j]!, 0) / chosen.length);
}

/** The queries of the last layer that the score depends on: one where a token is picked, all where they are averaged. */
function scoredTokens({ heads, tokens, gradient }: AttentionLayer): readonly number[] {
  const all = Array.from({ length: tokens }, (_, i) => i);
  const depends = (query: number): boolean =>
    Array.from({ length: heads * tokens }, (_, k) => gradient[(Math.floor(k / tokens) * tokens + query) * tokens + (k % tokens)]!).some((value) => value !== 0);
  const found = all.filter(depends);
  return found.length === 0 ? all : found;
}

/** A B of two matrices [n, n]. */
export function times(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      if (factor !== 0) for (let j = 0; j < n; j++) product[i * n + j] = product[i * n + j]! + factor * b[k * n + j]!;
    }
  }
  return product;
}

export function identity(n: number): Float64Array {
  return new Float64Array(n * n).map((_, i) => (i % (n + 1) === 0 ? 1 : 0));
}

/** The mean over heads of a function of each entry, [tokens, tokens]. */
export function overHeads({ heads, tokens }: AttentionLayer, entry: (index: number) => number): Float64Array {
  const size = tokens * tokens;
  return new Float64Array(size).map((_, i) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += entry(head * size + i);
    return sum / heads;
  });
}
