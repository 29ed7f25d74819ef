import type { OpsetConverter } from "../converter.ts";

/** Ratio and mode became inputs in opset 12; without them the operator passes its input on. Until opset 6 it was random unless told otherwise. */
export const dropoutConverter: OpsetConverter = {
  ops: ["Dropout"],
  below: 12,
  convert: (node) => {
    if (node.opset < 7 && node.attributes.int("is_test", 0) === 0) throw node.refusal("it drops values at random (is_test is 0)");
    if (node.isOutputUsed(1)) throw node.refusal("its mask is used, which operator sets define differently");
    node.rewrite({ outputs: node.proto.output.slice(0, 1), remove: ["is_test", "ratio"] });
  },
};
