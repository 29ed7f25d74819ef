import type { OpsetConverter } from "../converter.ts";

/** Widths and value became inputs in opset 11; the widths had another name in opset 1. */
export const padConverter: OpsetConverter = {
  ops: ["Pad"],
  below: 11,
  convert: (node) => {
    const pads = node.attributes.ints(node.opset < 2 ? "paddings" : "pads", []);
    const value = node.attributes.string("mode", "constant") === "constant" ? node.attributes.float("value", 0) : 0;
    const inputs = [node.input(0), node.int64s("pads", pads), value === 0 ? "" : node.floatLike("value", value, 0)];
    node.rewrite({ inputs, remove: ["paddings", "pads", "value"] });
  },
};
