import { type Value, rankOf } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/** Split: y₁, y₂, … = the parts of x along an axis;  x̄ = [ȳ₁, ȳ₂, …] along it. */
export const splitRule: GradientRule = {
  op: "Split",
  since: [2, 11, 13, 18],
  pullback: function splitPullback(context) {
    const { g, attributes, outputCount, inputCount } = context;
    const parts = Array.from({ length: outputCount }, (_, i) => cotangentOfPart(context, i));
    return [g.concat(parts, attributes.int("axis", 0)), null].slice(0, inputCount);
  },
};

/** ȳᵢ; zeros of its size for a part that nobody named. */
function cotangentOfPart({ g, node, attributes, input, cotangent, addOutput }: PullbackContext, i: number): Value {
  if (node.output[i] !== "") return cotangent(i);
  const x = input(0);
  const axis = (attributes.int("axis", 0) + rankOf(x)) % rankOf(x);
  const dims = x.facts.dims?.map((dim, at) => (at === axis ? null : dim)) ?? null;
  return g.zerosLike({ name: addOutput(i).name, facts: { type: x.facts.type, dims } });
}
