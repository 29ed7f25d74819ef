import type { OpsetConverter } from "./converter.ts";
import type { OldNode } from "./old-node.ts";

function multiply(node: OldNode, input: string, name: string, fallback: number): string {
  const factor = node.attributes.float(name, fallback);
  return factor === 1 ? input : node.emit("Mul", [input, node.floatLike(name, factor, 0)]);
}

/** αx + β. These operators were experimental and left the operator set; Core ML converters wrote them. */
export const affineConverter: OpsetConverter = {
  ops: ["Affine"],
  below: 18,
  convert: (node) => {
    const scaled = multiply(node, node.input(0), "alpha", 1);
    node.rewrite({ op: "Add", inputs: [scaled, node.floatLike("beta", node.attributes.float("beta", 0), 0)], remove: ["alpha", "beta"] });
  },
};

/** Scale · x + bias of the channel. */
export const imageScalerConverter: OpsetConverter = {
  ops: ["ImageScaler"],
  below: 18,
  convert: (node) => {
    const bias = node.attributes.floats("bias", []);
    const single = node.constant("bias", { type: "float32", dims: [bias.length, 1, 1], data: Float32Array.from(bias) });
    const scaled = multiply(node, node.input(0), "scale", 1);
    const inputs = [scaled, node.facts(0).type === "float32" ? single : node.emit("CastLike", [single, node.input(0)])];
    node.rewrite({ op: "Add", inputs, remove: ["bias", "scale"] });
  },
};

/** Scale · x. */
export const scaleConverter: OpsetConverter = {
  ops: ["Scale"],
  below: 18,
  convert: (node) => node.rewrite({ op: "Mul", inputs: [node.input(0), node.floatLike("scale", node.attributes.float("scale", 1), 0)], remove: ["scale"] }),
};

/** α tanh(βx), and α log(1 + exp(βx)). */
export const scaledFunctionConverter: OpsetConverter = {
  ops: ["ParametricSoftplus", "ScaledTanh"],
  below: 18,
  convert: (node) => {
    const alpha = node.attributes.float("alpha");
    const beta = node.attributes.float("beta");
    if (alpha === undefined || beta === undefined) throw node.refusal("its alpha and beta are not given, and their defaults were never fixed");
    const value = node.emit(node.proto.opType === "ScaledTanh" ? "Tanh" : "Softplus", [multiply(node, node.input(0), "beta", 1)]);
    node.rewrite({ op: "Mul", inputs: [value, node.floatLike("alpha", alpha, 0)], remove: ["alpha", "beta"] });
  },
};

/** The rest has no equal that is worth the code. */
export const removedConverter: OpsetConverter = {
  ops: ["ATen", "ConstantFill", "Crop", "DynamicSlice", "GRUUnit", "GivenTensorFill"],
  below: 18,
  convert: (node) => {
    throw node.refusal("the operator was experimental and left the operator set");
  },
};

/** Before it had axes, it had switches for channels and variance. */
export const meanVarianceConverter: OpsetConverter = {
  ops: ["MeanVarianceNormalization"],
  below: 9,
  convert: (node) => {
    throw node.refusal("the operator was experimental until opset 9");
  },
};
