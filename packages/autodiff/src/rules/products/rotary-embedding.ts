import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { splitHeads } from "../composed/attention-composition.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

/**
 * RotaryEmbedding: y₁ = c x₁ − s x₂, y₂ = s x₁ + c x₂ for pairs of elements of x (Su et al. 2021, arXiv:2104.09864);  x̄ is ȳ turned back, by
 * the opposite sines, c̄ = Σ ȳ₁ x₁ + ȳ₂ x₂ and s̄ = Σ ȳ₂ x₁ − ȳ₁ x₂ over the heads and the tokens at a position.
 */
export const rotaryEmbeddingRule: GradientRule = {
  op: "RotaryEmbedding",
  since: [23],
  pullback: function rotaryEmbeddingPullback(context) {
    const { wants } = context;
    const results = turnedBack(context, 2);
    return wants(1) || wants(2) ? [...results.slice(0, 1), ...ofCaches(context), null].slice(0, results.length) : results;
  },
};

/** com.microsoft.RotaryEmbedding: as RotaryEmbedding, with the positions as second input. Its caches get no gradient. */
export const microsoftRotaryEmbeddingRule: GradientRule = {
  op: "RotaryEmbedding",
  domain: "com.microsoft",
  since: [1],
  pullback: function microsoftRotaryEmbeddingPullback(context) {
    const { node, wants } = context;
    if (wants(2) || wants(3)) throw unsupportedNode(node, "its cosines or sines depend on a wanted input; only x gets a gradient.");
    return turnedBack(context, 3);
  },
};

function turnedBack({ g, node, input, hasInput, cotangent, inputCount }: PullbackContext, sines: number): readonly (Value | null)[] {
  const inputs = Array.from({ length: inputCount }, (_, i) => (hasInput(i) ? input(i) : null));
  const dx = g.repeat(node, inputs.with(0, cotangent(0)).with(sines, g.neg(input(sines))))[0] as Value;
  return inputs.map((_, i) => (i === 0 ? dx : null));
}

/** [c̄, s̄], with the dims of the caches. */
function ofCaches(context: PullbackContext): readonly [Value, Value] {
  const { g, input, cotangent } = context;
  const [[x1, x2], [dy1, dy2]] = [halves(context, input(0)), halves(context, cotangent(0))];
  const overHeads = (a: Value): Value => g.reduceSum(a, [1], false);
  const cosines = overHeads(g.add(g.mul(dy1, x1), g.mul(dy2, x2)));
  const sines = overHeads(g.sub(g.mul(dy2, x1), g.mul(dy1, x2)));
  return [atPositions(context, cosines, input(1)), atPositions(context, sines, input(2))];
}

/** The elements that are turned, [batch, heads, steps, half], first and second of each pair. */
function halves({ g, attributes }: PullbackContext, x: Value): readonly [Value, Value] {
  const heads = rankOf(x) === 4 ? x : splitHeads(g, x, attributes.int("num_heads", 1));
  const turning = attributes.int("rotary_embedding_dim", 0);
  const turned = turning === 0 ? heads : g.slice(heads, g.ints([0]), g.ints([turning]), g.ints([-1]));
  if (attributes.int("interleaved", 0) === 0) return g.emit("Split", [turned], { axis: -1, num_outputs: 2 }, { outputs: 2 }) as [Value, Value];
  const pairs = g.reshape(turned, g.ints([0, 0, 0, -1, 2]));
  return [pick(g, pairs, 0), pick(g, pairs, 1)];
}

function pick(g: GraphBuilder, pairs: Value, i: number): Value {
  return g.gather(pairs, g.int(i), 4);
}

/** Sums [batch, steps, half] where the caches hold a row for each token, or added up in the rows of their positions. */
function atPositions({ g, input, hasInput }: PullbackContext, sums: Value, cache: Value): Value {
  if (!hasInput(3)) return sums;
  return g.op("ScatterND", [g.zerosLike(cache), g.unsqueeze(g.cast(input(3), "int64"), [2]), sums], { reduction: "add" });
}
