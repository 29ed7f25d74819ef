import { type Attributes, type GraphBuilder, type NodeProto, type Value, float } from "@xdeep/onnx";
import type { GradientRule } from "../../sweep/rule.ts";
import { addRule } from "../arithmetic/add.ts";
import { eluRule } from "../activations/elu.ts";
import { hardSigmoidRule } from "../activations/hard-sigmoid.ts";
import { leakyReluRule } from "../activations/leaky-relu.ts";
import { mulRule } from "../arithmetic/mul.ts";
import { reluRule } from "../activations/relu.ts";
import { sigmoidRule } from "../activations/sigmoid.ts";
import { softplusRule } from "../activations/softplus.ts";
import { softsignRule } from "../activations/softsign.ts";
import { tanhRule } from "../activations/tanh.ts";
import { thresholdedReluRule } from "../activations/thresholded-relu.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";

/** Writes an activation function of a recurrent node. */
export type WriteActivation = (g: GraphBuilder, x: Value) => Value;

interface ActivationFunction {
  /** Default α and β, as far as the function has them. */
  readonly defaults: readonly number[];
  readonly write: (g: GraphBuilder, x: Value, alpha: number, beta: number) => Value;
}

const FUNCTIONS: Readonly<Record<string, ActivationFunction>> = {
  affine: { defaults: [1, 0], write: (g, x, alpha, beta) => g.shift(g.scale(x, alpha), beta) },
  elu: { defaults: [1], write: (g, x, alpha) => g.op("Elu", [x], { alpha: float(alpha) }) },
  hardsigmoid: { defaults: [0.2, 0.5], write: (g, x, alpha, beta) => g.op("HardSigmoid", [x], { alpha: float(alpha), beta: float(beta) }) },
  leakyrelu: { defaults: [0.01], write: (g, x, alpha) => g.op("LeakyRelu", [x], { alpha: float(alpha) }) },
  relu: { defaults: [], write: (g, x) => g.relu(x) },
  scaledtanh: { defaults: [1, 1], write: (g, x, alpha, beta) => g.scale(g.tanh(g.scale(x, beta)), alpha) },
  sigmoid: { defaults: [], write: (g, x) => g.sigmoid(x) },
  softplus: { defaults: [], write: (g, x) => g.op("Softplus", [x]) },
  softsign: { defaults: [], write: (g, x) => g.op("Softsign", [x]) },
  tanh: { defaults: [], write: (g, x) => g.tanh(x) },
  thresholdedrelu: { defaults: [1], write: (g, x, alpha) => g.op("ThresholdedRelu", [x], { alpha: float(alpha) }) },
};

/** Rules of the operators that activations are written with. */
export const activationRules: readonly GradientRule[] = [
  addRule,
  eluRule,
  hardSigmoidRule,
  leakyReluRule,
  mulRule,
  reluRule,
  sigmoidRule,
  softplusRule,
  softsignRule,
  tanhRule,
  thresholdedReluRule,
];

/**
 * The activation functions of a recurrent node, all of the first direction, then all of the second. The lists activation_alpha and
 * activation_beta are used up, in order, by the functions that have such a parameter.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED for a function that ONNX does not name.
 */
export function recurrentActivations(node: NodeProto, attributes: Attributes, defaults: readonly string[]): readonly WriteActivation[] {
  const names = attributes.strings("activations") ?? [...defaults, ...defaults];
  const alphas = [...attributes.floats("activation_alpha", [])];
  const betas = [...attributes.floats("activation_beta", [])];
  return names.map((name) => {
    const activation = FUNCTIONS[name.toLowerCase()];
    if (activation === undefined) throw unsupportedNode(node, `its activation "${name}" is unknown. Known are: ${Object.keys(FUNCTIONS).join(", ")}.`);
    const [alpha, beta] = activation.defaults.map(Math.fround);
    const a = alpha === undefined ? 0 : (alphas.shift() ?? alpha);
    const b = beta === undefined ? 0 : (betas.shift() ?? beta);
    return (g, x) => activation.write(g, x, a, b);
  });
}
