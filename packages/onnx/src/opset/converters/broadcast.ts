import { alignToAxis } from "./append-axes.ts";
import type { OpsetConverter } from "../converter.ts";

/** Until opset 6 the second operand was broadcast on request only, and could start at any axis of the first; since then trailing axes are aligned. */
export const broadcastConverter: OpsetConverter = {
  ops: ["Add", "And", "Div", "Equal", "Greater", "Less", "Mul", "Or", "Pow", "Sub", "Xor"],
  below: 7,
  convert: (node) => {
    const axis = node.attributes.int("axis");
    const aligned = node.attributes.int("broadcast", 0) === 1 && axis !== undefined;
    node.rewrite({ inputs: [node.input(0), aligned ? alignToAxis(node, 1, axis) : node.input(1)], remove: ["axis", "broadcast"] });
  },
};
