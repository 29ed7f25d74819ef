import type { OpsetConverter } from "../converter.ts";
import type { OldNode } from "../old-node.ts";

/** The training mode became explicit in opset 14; until 8 statistics could be per element instead of per channel. */
export const batchNormalizationConverter: OpsetConverter = {
  ops: ["BatchNormalization"],
  below: 14,
  convert: (node) => {
    if (isTraining(node)) throw node.refusal("it runs in training mode, where its output depends on the other samples of a batch");
    if (node.opset < 9 && node.attributes.int("spatial", 1) === 0) return perElement(node);
    return node.rewrite({ outputs: node.proto.output.slice(0, 1), remove: ["is_test", "spatial"] });
  },
};

function isTraining(node: OldNode): boolean {
  const outputs = node.proto.output.flatMap((name, index) => (name === "" ? [] : [index])).slice(1);
  if (node.opset < 7) return node.attributes.int("is_test", 0) === 0 || outputs.some((index) => node.isOutputUsed(index));
  return outputs.length > 0;
}

/** y = (x − mean) / √(var + ε) · scale + bias, with all of dims [C, …] of one sample. */
function perElement(node: OldNode): void {
  const [x, scale, bias, mean, variance] = node.proto.input as [string, string, string, string, string];
  const epsilon = node.floatLike("epsilon", node.attributes.float("epsilon", 1e-5), 0);
  const deviation = node.emit("Sqrt", [node.emit("Add", [variance, epsilon])]);
  const normal = node.emit("Div", [node.emit("Sub", [x, mean]), deviation]);
  const scaled = node.emit("Mul", [normal, scale]);
  const remove = ["epsilon", "is_test", "momentum", "spatial"];
  node.rewrite({ op: "Add", inputs: [scaled, bias], outputs: node.proto.output.slice(0, 1), remove });
}
