import type { OpsetConverter } from "../converter.ts";

/** k became an input. */
export const topKConverter: OpsetConverter = {
  ops: ["TopK"],
  below: 10,
  convert: (node) => node.rewrite({ inputs: [node.input(0), node.int64s("k", [node.attributes.int("k", 1)])], remove: ["k"] }),
};
