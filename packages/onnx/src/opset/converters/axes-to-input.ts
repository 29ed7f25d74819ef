import type { OpsetConverter } from "../converter.ts";
import type { OldNode } from "../old-node.ts";

function axesToInput(node: OldNode): void {
  const axes = node.attributes.ints("axes") ?? [];
  node.rewrite({ inputs: axes.length === 0 ? [...node.proto.input] : [node.input(0), node.int64s("axes", axes)], remove: ["axes"] });
}

/** The axes became an input. Leaving them out, or giving none, means all axes (Reduce) or all of size 1 (Squeeze), before and after. */
export const axesToInput13Converter: OpsetConverter = { ops: ["ReduceSum", "Squeeze", "Unsqueeze"], below: 13, convert: axesToInput };

/** As for ReduceSum, five versions later. */
export const axesToInput18Converter: OpsetConverter = {
  ops: ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"],
  below: 18,
  convert: axesToInput,
};
