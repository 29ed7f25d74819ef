import { type NamedAttrMap, type NamedTensorMap, type Tensor, engine, reshape } from "@tensorflow/tfjs-core";

/** The plain kernel inside each fused one. */
const PLAIN_KERNELS: Readonly<Record<string, string>> = {
  FusedConv2D: "Conv2D",
  FusedDepthwiseConv2D: "DepthwiseConv2dNative",
  _FusedMatMul: "BatchMatMul",
};

/**
 * Runs a fused kernel in its parts where the parts are needed: a fused Sigmoid hides the logit, and the derivatives of Prelu and LeakyRelu
 * cannot be read off their output. `always`: every fused kernel. null for every other kernel.
 */
export function expandFused(kernel: string, inputs: NamedTensorMap, attrs: NamedAttrMap, always: boolean): Tensor | null {
  const plain = PLAIN_KERNELS[kernel];
  const { activation, leakyreluAlpha, ...rest } = attrs;
  if (plain === undefined || !(always || ["sigmoid", "prelu", "leakyrelu"].includes(String(activation)))) return null;
  const { bias, preluActivationWeights, ...operands } = inputs;
  const product = engine().runKernel<Tensor>(plain, operands, rest);
  const isNchw = rest["dataFormat"] === "NCHW";
  const a = bias ? engine().runKernel<Tensor>("Add", { a: product, b: isNchw ? alongChannels(bias) : bias }) : product;
  if (activation === "sigmoid") return engine().runKernel("Sigmoid", { x: a });
  if (activation === "leakyrelu") return engine().runKernel("LeakyRelu", { x: a }, { alpha: leakyreluAlpha ?? 0.2 });
  const kernelOf = { relu: "Relu", relu6: "Relu6", elu: "Elu" }[String(activation)];
  if (kernelOf !== undefined) return engine().runKernel(kernelOf, { x: a });
  if (activation !== "prelu") return a;
  return engine().runKernel("Prelu", { x: a, alpha: isNchw ? alongChannels(preluActivationWeights!) : preluActivationWeights! });
}

/** [C] → [C, 1, 1], so that it broadcasts over NCHW. */
function alongChannels(vector: Tensor): Tensor {
  return vector.rank === 1 ? reshape(vector, [-1, 1, 1]) : vector;
}
