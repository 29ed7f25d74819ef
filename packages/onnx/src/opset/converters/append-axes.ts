import type { OldNode } from "../old-node.ts";

/**
 * Input `index` with axes of size 1 appended, so that its axis 0 lines up with axis `axis` of input 0 when trailing axes are aligned.
 * Works without knowing the ranks.
 */
export function alignToAxis(node: OldNode, index: number, axis: number): string {
  const rank = node.rank(index);
  const targetRank = node.rank(0);
  if (rank === null || (targetRank === null && axis >= 0)) return alignAtRunTime(node, index, axis);
  const count = (axis < 0 ? -axis : (targetRank as number) - axis) - rank;
  if (count <= 0) return node.input(index);
  return node.emit("Unsqueeze", [
    node.input(index),
    node.int64s(
      "axes",
      Array.from({ length: count }, (_, offset) => rank + offset),
    ),
  ]);
}

function alignAtRunTime(node: OldNode, index: number, axis: number): string {
  const shape = node.emit("Shape", [node.input(index)]);
  const rank = node.emit("Shape", [shape]);
  const room =
    axis < 0 ? node.int64s("room", [-axis]) : node.emit("Sub", [node.emit("Shape", [node.emit("Shape", [node.input(0)])]), node.int64s("axis", [axis])]);
  const count = node.emit("Max", [node.emit("Sub", [room, rank]), node.int64s("none", [0])]);
  const ones = node.emit("Expand", [node.int64s("one", [1]), count]);
  return node.emit("Reshape", [node.input(index), node.emit("Concat", [shape, ones], { axis: 0 })], { allowzero: 1 });
}
