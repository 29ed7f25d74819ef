import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { concatRule } from "../../rules/layout/concat.ts";
import { splitRule } from "../../rules/layout/split.ts";
import type { Lowering } from "../../sweep/lowering.ts";

/** WebGPU promises a shader 8 buffers: 7 of one kind, and what they are joined to or taken from. With more the result is zeros, and no error. */
const MOST = 7;

/** Values in groups of as many as a shader may have. */
function groupsOf<T>(values: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / MOST) }, (_, i) => values.slice(i * MOST, (i + 1) * MOST));
}

/** A Concat of any number of values, in steps. */
export function narrowConcat(g: GraphBuilder, values: readonly Value[], axis: number): Value {
  if (values.length <= MOST) return g.concat(values, axis);
  return narrowConcat(
    g,
    groupsOf(values).map((group) => g.concat(group, axis)),
    axis,
  );
}

/** Concat of more than seven values: ȳ is split in steps. */
export const narrowSplits: Lowering = {
  name: "narrow-splits",
  rule: concatRule,
  pullback: function narrowSplitsPullback({ g, attributes, input, cotangent, inputCount }) {
    const dy = cotangent(0);
    const axis = (attributes.int("axis", 0) + rankOf(dy)) % rankOf(dy);
    const sizes = Array.from({ length: inputCount }, (_, i) => input(i).facts.dims?.[axis]);
    return inputCount > MOST && sizes.every((size) => typeof size === "number") ? narrowSplit(g, dy, sizes, axis) : null;
  },
};

function narrowSplit(g: GraphBuilder, value: Value, sizes: readonly number[], axis: number): readonly Value[] {
  const split = (whole: Value, parts: readonly number[]): readonly Value[] =>
    parts.length === 1 ? [whole] : g.emit("Split", [whole, g.ints(parts)], { axis }, { outputs: parts.length });
  if (sizes.length <= MOST) return split(value, sizes);
  const groups = groupsOf(sizes);
  const totals = groups.map((group) => group.reduce((sum, size) => sum + size, 0));
  return narrowSplit(g, value, totals, axis).flatMap((part, i) => split(part, groups[i]!));
}

/** Split into more than seven parts: their cotangents are joined in steps. */
export const narrowJoins: Lowering = {
  name: "narrow-joins",
  rule: splitRule,
  pullback: function narrowJoinsPullback({ g, node, attributes, outputCount, inputCount, cotangent }) {
    if (outputCount <= MOST || node.output.includes("")) return null;
    const parts = Array.from({ length: outputCount }, (_, i) => cotangent(i));
    return [narrowConcat(g, parts, attributes.int("axis", 0)), null].slice(0, inputCount);
  },
};
