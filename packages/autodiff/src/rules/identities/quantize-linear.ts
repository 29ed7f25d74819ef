import type { DataType } from "@xdeep/core";
import { type Value, dataTypeName, rankOf } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { unbroadcast } from "../../sweep/unbroadcast.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

/**
 * QuantizeLinear: y = saturate(round(x / s) + z), integers that stand for real numbers;  x̄ = ȳ / s where nothing was saturated, else 0.
 *
 * The derivative of rounding is 0; as in quantization-aware training it counts as 1 (Bengio et al. 2013, arXiv:1308.3432). The cotangent ȳ of
 * the integers is of a float type. Scales get none.
 */
export const quantizeLinearRule: GradientRule = {
  op: "QuantizeLinear",
  since: [13, 19, 21, 23, 24, 25, 28],
  pullback: function quantizeLinearPullback(context) {
    const { g, node, input, hasInput, cotangent, wants, inputCount } = context;
    if (wants(1)) throw unsupportedNode(node, "its scale depends on a wanted input; only x gets a gradient.");
    const x = input(0);
    const scale = alongAxis(context, g.castLike(input(1), x));
    const [low, high] = rangeOf(context);
    const level = g.op("Round", [g.div(x, scale)]);
    const shifted = hasInput(2) ? g.add(level, alongAxis(context, g.castLike(input(2), x))) : level;
    const inside = g.and(g.greaterOrEqual(shifted, g.scalar(low, x)), g.lessOrEqual(shifted, g.scalar(high, x)));
    return [g.keepWhere(inside, g.div(g.castLike(cotangent(0), x), scale)), null, null].slice(0, inputCount);
  },
};

/** DequantizeLinear: y = (x − z) s for integers x that stand for real numbers;  x̄ = s ȳ, of a float type, s̄ = Σ ȳ (x − z) over what has this scale. */
export const dequantizeLinearRule: GradientRule = {
  op: "DequantizeLinear",
  since: [13, 19, 21, 23, 24, 25, 28],
  pullback: function dequantizeLinearPullback(context) {
    const { g, input, hasInput, cotangent, wants, inputCount } = context;
    const scale = alongAxis(context, input(1));
    const dy = g.castLike(cotangent(0), scale);
    const level = g.castLike(input(0), scale);
    const shifted = hasInput(2) ? g.sub(level, alongAxis(context, g.castLike(input(2), scale))) : level;
    const ds = wants(1) ? g.reshapeLike(unbroadcast(g, g.mul(dy, shifted), scale), input(1)) : null;
    return [g.mul(dy, scale), ds, null].slice(0, inputCount);
  },
};

/** A scale or zero point, one for all or one per index of an axis, so that it broadcasts to x. */
function alongAxis({ g, node, attributes, input }: PullbackContext, value: Value): Value {
  if (attributes.int("block_size", 0) !== 0) throw unsupportedNode(node, "scales for blocks (block_size) are not known.");
  if (rankOf(value) === 0 || value.facts.dims?.[0] === 1) return value;
  const rank = rankOf(input(0));
  const axis = (attributes.int("axis", 1) + rank) % rank;
  return g.reshape(value, g.ints(Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1))));
}

const RANGES: Readonly<Partial<Record<DataType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

function rangeOf({ node, attributes, input, hasInput }: PullbackContext): readonly [number, number] {
  const asked = attributes.int("output_dtype", 0);
  const type = hasInput(2) ? input(2).facts.type : asked === 0 ? "uint8" : dataTypeName(asked);
  const range = type === null ? undefined : RANGES[type];
  if (range === undefined) throw unsupportedNode(node, `quantization to ${type ?? "an unknown type"} is not known; to ${Object.keys(RANGES).join(", ")} is.`);
  return range;
}
