import type { OpsetConverter } from "../converter.ts";

/** The shape became an input. */
export const reshapeConverter: OpsetConverter = {
  ops: ["Reshape"],
  below: 5,
  convert: (node) => node.rewrite({ inputs: [node.input(0), node.int64s("shape", node.attributes.ints("shape", []))], remove: ["shape"] }),
};
