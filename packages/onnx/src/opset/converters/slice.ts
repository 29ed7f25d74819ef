import type { OpsetConverter } from "../converter.ts";

/** Starts, ends and axes became inputs. */
export const sliceConverter: OpsetConverter = {
  ops: ["Slice"],
  below: 10,
  convert: (node) => {
    const axes = node.attributes.ints("axes");
    const bounds = (["starts", "ends"] as const).map((name) => node.int64s(name, node.attributes.ints(name, [])));
    node.rewrite({ inputs: [node.input(0), ...bounds, ...(axes === undefined ? [] : [node.int64s("axes", axes)])], remove: ["starts", "ends", "axes"] });
  },
};
