import type { OpsetConverter } from "../converter.ts";

/** The sizes became an input in opset 13; since 18 equal parts have to be asked for by their number. */
export const splitConverter: OpsetConverter = {
  ops: ["Split"],
  below: 18,
  convert: (node) => {
    if (node.opset < 2 && node.input(1) !== "") throw node.refusal("its sizes are an input of floating-point numbers");
    const sizes = node.opset < 13 ? node.attributes.ints("split") : undefined;
    if (sizes !== undefined) return node.rewrite({ inputs: [node.input(0), node.int64s("split", sizes)], remove: ["split"] });
    return node.input(1) === "" ? node.rewrite({ set: { num_outputs: node.proto.output.length } }) : node.keep();
  },
};
