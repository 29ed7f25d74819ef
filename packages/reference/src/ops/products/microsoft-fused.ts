import { mapElements, mapPairs } from "../../math/elementwise.ts";
import { matrixProduct, transposed, transposedMatrices } from "../../math/matrix-product.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { elu, gelu, geluTanh, hardSigmoid, sigmoid } from "../arithmetic/activation.ts";
import { conv } from "../windows/conv.ts";
import { gemm } from "./matmul.ts";
import { scaledAndShifted, standardizedBlocks } from "../normalization/normalization.ts";

function added(x: Value64, bias: Value64 | undefined): Value64 {
  return bias === undefined ? x : mapPairs(x, bias, (a, b) => a + b);
}

/** The activation that the attribute names, with up to two parameters. */
function activation(call: OperatorCall, parameters: readonly (number | undefined)[]): (x: number) => number {
  const name = call.attributes.string("activation", "");
  const [alpha, beta] = parameters;
  switch (name) {
    case "":
      return (x) => x;
    case "Clip":
      return (x) => Math.min(Math.max(x, alpha ?? -Infinity), beta ?? Infinity);
    case "Elu":
      return (x) => elu(x, alpha ?? 1);
    case "HardSigmoid":
      return (x) => hardSigmoid(x, alpha ?? Math.fround(0.2), beta ?? 0.5);
    case "LeakyRelu":
      return (x) => (x < 0 ? (alpha ?? Math.fround(0.01)) * x : x);
    case "Relu":
      return (x) => (x < 0 ? 0 : x);
    case "Sigmoid":
      return sigmoid;
    case "Tanh":
      return Math.tanh;
    default:
      throw call.unsupported(`the activation "${name}"`);
  }
}

/** activation(conv(x) + z). */
function fusedConv(call: OperatorCall): readonly Value64[] {
  const y = added(conv(call)[0]!, call.optional(3));
  return [mapElements(y, activation(call, call.attributes.floats("activation_params", [])))];
}

function fusedGemm(call: OperatorCall): readonly Value64[] {
  const parameters = [call.attributes.float("activation_alpha"), call.attributes.float("activation_beta")];
  return [mapElements(gemm(call)[0]!, activation(call, parameters))];
}

/** α A′ B′; transBatch moves the first axis behind the batch axes, before the matrices are transposed. */
function fusedMatMul(call: OperatorCall): readonly Value64[] {
  const operand = (index: number, letter: "A" | "B"): Value64 => {
    const x = call.input(index);
    const axes = x.dims.map((_, axis) => axis);
    const batched = call.flag(`transBatch${letter}`) ? transposed(x, [...axes.slice(1, -1), 0, axes.at(-1)!]) : x;
    return call.flag(`trans${letter}`) && x.dims.length > 1 ? transposedMatrices(batched) : batched;
  };
  const alpha = call.float("alpha", 1);
  return [mapElements(matrixProduct(operand(0, "A"), operand(1, "B")), (x) => alpha * x)];
}

/** Normalizes input + skip + bias over the last axis; the fourth output is that sum. */
function skipNormalization(call: OperatorCall, centered: boolean): readonly Value64[] {
  const [beta, bias] = centered ? [call.optional(3), call.optional(4)] : [undefined, call.optional(3)];
  const sum = added(added(call.input(0), call.input(1)), bias);
  const blocks = standardizedBlocks(sum.data, sum.dims.at(-1)!, call.float("epsilon", centered ? 1e-12 : 1e-5), centered);
  const y = scaledAndShifted(value64(sum.type, sum.dims, blocks.data), call.input(2), beta);
  const outer = [...sum.dims.slice(0, -1), 1];
  return [y, value64(sum.type, outer, blocks.means), value64(sum.type, outer, blocks.inverseDeviations), sum];
}

/** Fused operators of ONNX Runtime's own domain. */
export const microsoftFusedOperators: OperatorTable = {
  "com.microsoft.BiasGelu": (call) => [mapElements(added(call.input(0), call.optional(1)), gelu)],
  "com.microsoft.FastGelu": (call) => [mapElements(added(call.input(0), call.optional(1)), geluTanh)],
  "com.microsoft.FusedConv": fusedConv,
  "com.microsoft.FusedGemm": fusedGemm,
  "com.microsoft.FusedMatMul": fusedMatMul,
  "com.microsoft.Gelu": (call) => [mapElements(call.input(0), gelu)],
  "com.microsoft.SkipLayerNormalization": (call) => skipNormalization(call, true),
  "com.microsoft.SkipSimplifiedLayerNormalization": (call) => skipNormalization(call, false),
};
