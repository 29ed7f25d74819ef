import { Attributes, type NodeProto, rankOf } from "@xdeep/onnx";
import { concatRule } from "../../rules/layout/concat.ts";
import { type Lowering, held } from "../../sweep/lowering.ts";
import type { PullbackContext } from "../../sweep/rule.ts";

/**
 * Concat of what an earlier Concat joined and more behind it, as the layers of a DenseNet are: ȳ is split in two, and its head added to the
 * cotangent of the earlier Concat, which splits their sum in turn. So every layer adds once, on all threads, where each feature had a sum of its own.
 *
 * DenseNet-121: 128.6 → 125.6 ms on one thread; on two, sums 4.2 → 2.2.
 */
export const chainedConcat: Lowering = {
  name: "chained-concat",
  rule: concatRule,
  pullback: function chainedConcatPullback(context) {
    const { g, attributes, cotangent, input, inputCount, around } = context;
    const rank = rankOf(cotangent(0));
    const axis = (attributes.int("axis", 0) + rank) % rank;
    const earlier = earlierJoin(context, axis, rank);
    const sizes = Array.from({ length: inputCount }, (_, i) => input(i).facts.dims?.[axis]);
    const handOver = earlier === null ? null : around.handOver(earlier.output[0]!);
    if (earlier === null || handOver === null || !sizes.every((size) => typeof size === "number")) return null;
    const head = earlier.input.length;
    const lengths = [sizes.slice(0, head).reduce((sum, size) => sum + size, 0), ...sizes.slice(head)];
    const [first, ...rest] = g.emit("Split", [cotangent(0), g.ints(lengths)], { axis }, { outputs: lengths.length });
    handOver(first!);
    return [...earlier.input.map(() => held), ...rest];
  },
};

/** The longest Concat along this axis of the first of the node's inputs, whose own gradient is not asked for. */
function earlierJoin({ node, around }: PullbackContext, axis: number, rank: number): NodeProto | null {
  const joins = around
    .consumersOf(node.input[0]!)
    .filter(
      (other) =>
        other.opType === "Concat" &&
        other.input.length > 1 &&
        other.input.length < node.input.length &&
        (new Attributes(other).int("axis", 0) + rank) % rank === axis &&
        other.input.every((name, i) => name === node.input[i]) &&
        around.passageOf(other)?.rule === concatRule &&
        !around.isWanted(other.output[0]!),
    );
  return joins.reduce<NodeProto | null>((longest, join) => (join.input.length > (longest?.input.length ?? 0) ? join : longest), null);
}
