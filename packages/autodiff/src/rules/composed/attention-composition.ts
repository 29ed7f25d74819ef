import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule } from "../../sweep/rule.ts";
import { addRule } from "../arithmetic/add.ts";
import { concatRule } from "../layout/concat.ts";
import { expandRule } from "../layout/expand.ts";
import { matMulRule } from "../products/matmul.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { padRule } from "../layout/pad.ts";
import { reshapeRule } from "../layout/reshape.ts";
import { sliceRule } from "../layout/slice.ts";
import { softmaxRule } from "../activations/softmax.ts";
import { splitRule } from "../layout/split.ts";
import { unsqueezeRule } from "../layout/squeeze.ts";
import { tanhRule } from "../activations/tanh.ts";
import { transposeRule } from "../layout/transpose.ts";
import { whereRule } from "../arithmetic/where.ts";

/** The rules that attention is composed of. */
export const attentionRules: readonly GradientRule[] = [
  addRule,
  concatRule,
  expandRule,
  matMulRule,
  mulRule,
  padRule,
  reshapeRule,
  sliceRule,
  softmaxRule,
  splitRule,
  tanhRule,
  transposeRule,
  unsqueezeRule,
  whereRule,
];

/** Queries, keys and values, [batch, heads, sequence, size]; fewer key and value heads are shared by groups of query heads. */
export interface Heads {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
}

export interface AttentionOptions {
  /** Default 1 / √size. */
  readonly scale?: number | undefined;
  /** Added to the scores; broadcast to [batch, heads, queries, keys]. */
  readonly biases: readonly Value[];
  /** Scores are limited smoothly to ±softcap; 0 leaves them. */
  readonly softcap?: number;
  /** Queries whose scores are all −∞ get the probabilities 0 instead of NaN. Default false. */
  readonly zeroWhereMasked?: boolean;
}

/** The steps of attention; all scores are [batch, heads, queries, keys]. */
export interface AttentionStages {
  readonly y: Value;
  readonly scores: Value;
  readonly capped: Value;
  readonly biased: Value;
  readonly probabilities: Value;
}

/** y = softmax(softcap(scale · q kᵀ) + biases) v (Vaswani et al. 2017, arXiv:1706.03762). */
export function scaledDotProduct(
  g: GraphBuilder,
  { q, k, v }: Heads,
  { scale, biases, softcap = 0, zeroWhereMasked = false }: AttentionOptions,
): AttentionStages {
  const scores = g.mul(g.matmul(q, g.transpose(sharedHeads(g, k, q), [0, 1, 3, 2])), scale === undefined ? defaultScale(g, q) : g.scalar(scale, q));
  const capped = softcap === 0 ? scores : g.scale(g.tanh(g.scale(scores, 1 / softcap)), softcap);
  const biased = biases.reduce((sum, bias) => g.add(sum, bias), capped);
  const probabilities = zeroWhereMasked ? maskedSoftmax(g, biased) : g.softmax(biased, -1);
  return { y: g.matmul(probabilities, sharedHeads(g, v, q)), scores, capped, biased, probabilities };
}

/** Softmax along the last axis; 0 where all scores of a line are −∞. Neither it nor its gradient is NaN there. */
function maskedSoftmax(g: GraphBuilder, scores: Value): Value {
  const largest = g.op("ReduceMax", [scores, g.ints([-1])], { keepdims: 1 });
  const isMasked = g.equal(largest, g.scalar(-Infinity, scores));
  return g.where(isMasked, g.scalar(0, scores), g.softmax(g.where(isMasked, g.scalar(0, scores), scores), -1));
}

function defaultScale(g: GraphBuilder, q: Value): Value {
  const size = q.facts.dims?.[3];
  if (typeof size === "number") return g.scalar(1 / Math.sqrt(size), q);
  return g.reciprocal(g.sqrt(g.castLike(g.dimOf(q, 3), q)));
}

/** Each head of x as often as groups of query heads share it. */
function sharedHeads(g: GraphBuilder, x: Value, q: Value): Value {
  const [own, all] = [x.facts.dims?.[1] ?? null, q.facts.dims?.[1] ?? null];
  if (own !== null && own === all) return x;
  const groups = g.div(g.dimOf(q, 1), g.dimOf(x, 1));
  const stretched = g.expand(g.unsqueeze(x, [2]), joinInts(g, [g.dimOf(x, 0), g.dimOf(x, 1), groups, g.dimOf(x, 2), g.dimOf(x, 3)]));
  return g.reshape(stretched, joinInts(g, [g.dimOf(x, 0), g.dimOf(q, 1), g.dimOf(x, 2), g.dimOf(x, 3)]));
}

/** [batch, sequence, heads · size] as [batch, heads, sequence, size]; four axes stay as they are. */
export function splitHeads(g: GraphBuilder, x: Value, heads: number): Value {
  return rankOf(x) === 4 ? x : g.transpose(g.reshape(x, g.ints([0, 0, heads, -1])), [0, 2, 1, 3]);
}

/** [batch, heads, sequence, size] as [batch, sequence, heads · size]. */
export function joinHeads(g: GraphBuilder, x: Value): Value {
  return g.reshape(g.transpose(x, [0, 2, 1, 3]), g.ints([0, 0, -1]));
}

/** 0 where a truth value is true, else `masked`; of the float type of `like`. */
export function maskBias(g: GraphBuilder, allowed: Value, masked: number, like: Value): Value {
  return g.where(allowed, g.scalar(0, like), g.scalar(masked, like));
}

/** True where key j ≤ query i + offset, [queries, keys]. */
export function causalMask(g: GraphBuilder, { q, k }: Heads, offset: Value): Value {
  return g.lessOrEqual(positions(g, k), g.add(g.unsqueeze(positions(g, q), [1]), offset));
}

/** 0, 1, 2… along the sequence. */
export function positions(g: GraphBuilder, x: Value): Value {
  return g.op("Range", [g.int(0), g.squeeze(g.dimOf(x, 2), [0]), g.int(1)]);
}
