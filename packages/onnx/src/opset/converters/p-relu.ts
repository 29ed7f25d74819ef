import { alignToAxis } from "./append-axes.ts";
import type { OpsetConverter } from "../converter.ts";

/** Until opset 6 the slope [C] belonged to axis 1; since then it is broadcast along trailing axes. */
export const pReluConverter: OpsetConverter = {
  ops: ["PRelu"],
  below: 7,
  convert: (node) => {
    const shared = node.facts(1).dims?.every((dim) => dim === 1) ?? false;
    const perChannel = !shared && (node.rank(0) ?? 3) > 2;
    node.rewrite({ inputs: [node.input(0), perChannel ? alignToAxis(node, 1, 1) : node.input(1)] });
  },
};
