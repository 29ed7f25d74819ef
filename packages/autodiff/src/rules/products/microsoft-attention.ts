import { type Value, rankOf } from "@xdeep/onnx";
import { type Heads, attentionRules, causalMask, joinHeads, maskBias, positions, scaledDotProduct, splitHeads } from "../composed/attention-composition.ts";
import { composedPullback } from "../../sweep/composed-pullback.ts";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

const domain = "com.microsoft";

/** com.microsoft.Attention: q, k and v are parts of x W + b;  y = softmax(scale · q kᵀ + mask) v for each head;  composed. */
export const microsoftAttentionRule: GradientRule = {
  op: "Attention",
  domain,
  since: [1],
  pullback: /* @__PURE__ */ composedPullback(attentionRules, attention),
};

/** com.microsoft.MultiHeadAttention: y = softmax(scale · q kᵀ + mask) v for each head, with biases and past keys and values;  composed. */
export const multiHeadAttentionRule: GradientRule = {
  op: "MultiHeadAttention",
  domain,
  since: [1],
  pullback: /* @__PURE__ */ composedPullback(attentionRules, multiHeadAttention),
};

function attention(context: PullbackContext): readonly Value[] {
  const { g, node, attributes, input, hasInput } = context;
  if (hasInput(4) || attributes.int("do_rotary", 0) !== 0) throw unsupportedNode(node, "past states and rotary positions are not known.");
  const product = g.matmul(input(0), input(1));
  const projected = hasInput(2) ? g.add(product, input(2)) : product;
  const sizes = attributes.ints("qkv_hidden_sizes");
  const parts = g.emit(
    "Split",
    [projected, sizes === undefined ? null : g.ints(sizes)],
    { axis: 2, ...(sizes === undefined ? { num_outputs: 3 } : {}) },
    { outputs: 3 },
  );
  const [q, k, v] = parts.map((part) => splitHeads(g, part, attributes.int("num_heads", 1))) as [Value, Value, Value];
  return [attended(context, { q, k, v }, 3, 5)];
}

function multiHeadAttention(context: PullbackContext): readonly Value[] {
  const { g, node, attributes, input, hasInput } = context;
  if (rankOf(input(0)) !== 3 || !hasInput(1) || !hasInput(2)) throw unsupportedNode(node, "packed queries, keys and values are not known.");
  const count = attributes.int("num_heads", 1);
  const biases = hasInput(3) ? biasParts(context) : [null, null, null];
  const [q, k, v] = biases.map((bias, i) => splitHeads(g, bias === null || rankOf(input(i)) === 4 ? input(i) : g.add(input(i), bias), count)) as [
    Value,
    Value,
    Value,
  ];
  const heads = { q, k: hasInput(6) ? g.concat([input(6), k], 2) : k, v: hasInput(7) ? g.concat([input(7), v], 2) : v };
  return [attended(context, heads, 4, 5), heads.k, heads.v];
}

/** The parts of the bias for queries, keys and values; keys are as wide as queries. */
function biasParts({ g, input }: PullbackContext): readonly Value[] {
  const width = g.dimOf(input(0), 2);
  const rest = g.sub(g.dimOf(input(3), 0), g.add(width, width));
  return g.emit("Split", [input(3), g.concat([width, width, rest], 0)], { axis: 0 }, { outputs: 3 });
}

function attended(context: PullbackContext, heads: Heads, mask: number, bias: number): Value {
  const { g, attributes, input, hasInput } = context;
  const causal =
    attributes.int("unidirectional", 0) === 1 ? [maskBias(g, causalMask(g, heads, g.sub(g.dimOf(heads.k, 2), g.dimOf(heads.q, 2))), -Infinity, heads.q)] : [];
  const padding = hasInput(mask) ? [maskBias(g, allowedKeys(context, heads, input(mask)), attributes.float("mask_filter_value", -10000), heads.q)] : [];
  const scale = attributes.float("scale", 0);
  const { y } = scaledDotProduct(g, heads, {
    scale: scale === 0 ? undefined : scale,
    biases: [...causal, ...padding, ...(hasInput(bias) ? [input(bias)] : [])],
  });
  return joinHeads(g, y);
}

/** The mask as lengths [batch], or as flags [batch, keys] or [batch, queries, keys]. */
function allowedKeys({ g, node }: PullbackContext, heads: Heads, mask: Value): Value {
  const wide = g.cast(mask, "int64");
  const rank = rankOf(mask);
  if (rank === 1) return g.less(positions(g, heads.k), g.reshape(wide, joinInts(g, [g.dimOf(heads.q, 0), g.ints([1, 1, 1])])));
  if (rank === 2) return g.greater(g.unsqueeze(wide, [1, 2]), g.int(0));
  if (rank === 3) return g.greater(g.unsqueeze(wide, [1]), g.int(0));
  throw unsupportedNode(node, `a mask with ${rank} axes is not known.`);
}
