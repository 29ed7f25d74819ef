import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { type Heads, attentionRules, causalMask, joinHeads, maskBias, positions, scaledDotProduct, splitHeads } from "../composed/attention-composition.ts";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

/**
 * Attention: y = softmax(softcap(scale · q kᵀ) + mask) v for each head;  composed.
 *
 * With grouped heads, past keys and values, causal masks and sequence lengths. Queries that may look at nothing give 0, and have no gradient.
 */
export const attentionRule: GradientRule = { op: "Attention", since: [23, 24, 25], pullback: /* @__PURE__ */ composedPullback(attentionRules, attention) };

function attention(context: PullbackContext): readonly Value[] {
  const { g, node, attributes, input } = context;
  if (attributes.has("left_window_size") || attributes.has("right_window_size")) throw unsupportedNode(node, "sliding windows are not known.");
  const flat = rankOf(input(0)) === 3;
  const keyHeads = attributes.int("kv_num_heads", 1);
  const heads = {
    q: splitHeads(g, input(0), attributes.int("q_num_heads", 1)),
    k: withPast(context, 4, splitHeads(g, input(1), keyHeads)),
    v: withPast(context, 5, splitHeads(g, input(2), keyHeads)),
  };
  const stages = scaledDotProduct(g, heads, {
    scale: attributes.float("scale"),
    biases: biasesOf(context, heads),
    softcap: attributes.float("softcap", 0),
    zeroWhereMasked: context.hasInput(3) || context.hasInput(6),
  });
  const scores = [stages.scores, stages.capped, stages.biased, stages.probabilities][attributes.int("qk_matmul_output_mode", 0)] as Value;
  return [flat ? joinHeads(g, stages.y) : stages.y, heads.k, heads.v, scores];
}

function withPast({ g, input, hasInput }: PullbackContext, i: number, now: Value): Value {
  return hasInput(i) ? g.concat([input(i), now], 2) : now;
}

/** The mask that is given, and −∞ for keys of the future and for padding. */
function biasesOf({ g, attributes, input, hasInput }: PullbackContext, heads: Heads): readonly Value[] {
  const given = hasInput(3) ? [forAllKeys(g, input(3).facts.type === "bool" ? maskBias(g, input(3), -Infinity, heads.q) : input(3), heads)] : [];
  const lengths = hasInput(6) ? g.reshape(input(6), g.ints([-1, 1, 1, 1])) : null;
  const padding = lengths === null ? [] : [maskBias(g, g.less(positions(g, heads.k), lengths), -Infinity, heads.q)];
  if (attributes.int("is_causal", 0) === 0) return [...given, ...padding];
  const offset = lengths === null ? pastLength(g, hasInput(4) ? input(4) : null) : g.sub(lengths, g.dimOf(heads.q, 2));
  return [...given, ...padding, maskBias(g, causalMask(g, heads, offset), -Infinity, heads.q)];
}

/** A mask that ends before the keys do goes on with −∞; one of size 1 holds for all keys. */
function forAllKeys(g: GraphBuilder, mask: Value, { k }: Heads): Value {
  const [own, all] = [mask.facts.dims?.at(-1) ?? null, k.facts.dims?.[2] ?? null];
  if (own === 1 || (own !== null && own === all)) return mask;
  const length = g.dimOf(mask, -1);
  const missing = g.where(g.equal(length, g.ints([1])), g.ints([0]), g.sub(g.dimOf(k, 2), length));
  return g.op("Pad", [mask, g.concat([g.ints([0]), missing], 0), g.scalar(-Infinity, mask), g.ints([-1])]);
}

function pastLength(g: GraphBuilder, past: Value | null): Value {
  return past === null ? g.ints([0]) : g.dimOf(past, 2);
}
