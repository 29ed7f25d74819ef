import type { OperatorCall } from "../operator-call.ts";
import { elu, hardSigmoid, sigmoid, softplus } from "../ops/arithmetic/activation.ts";

interface ActivationFunction {
  /** Default α and β, as far as the function has them. */
  readonly defaults: readonly number[];
  readonly f: (x: number, alpha: number, beta: number) => number;
}

const FUNCTIONS: Readonly<Record<string, ActivationFunction>> = {
  affine: { defaults: [1, 0], f: (x, alpha, beta) => alpha * x + beta },
  elu: { defaults: [1], f: elu },
  hardsigmoid: { defaults: [0.2, 0.5], f: hardSigmoid },
  leakyrelu: { defaults: [0.01], f: (x, alpha) => (x < 0 ? alpha * x : x) },
  relu: { defaults: [], f: (x) => Math.max(0, x) },
  scaledtanh: { defaults: [1, 1], f: (x, alpha, beta) => alpha * Math.tanh(beta * x) },
  sigmoid: { defaults: [], f: sigmoid },
  softplus: { defaults: [], f: softplus },
  softsign: { defaults: [], f: (x) => x / (1 + Math.abs(x)) },
  tanh: { defaults: [], f: Math.tanh },
  thresholdedrelu: { defaults: [1], f: (x, alpha) => (x > alpha ? x : 0) },
};

/**
 * The activation functions of a recurrent node, all of the first direction, then all of the second. The lists activation_alpha and
 * activation_beta are used up by the functions that have such a parameter, in order.
 */
export function recurrentActivations(call: OperatorCall, defaults: readonly string[]): ((x: number) => number)[] {
  const names = call.attributes.strings("activations") ?? [...defaults, ...defaults];
  const alphas = [...call.attributes.floats("activation_alpha", [])];
  const betas = [...call.attributes.floats("activation_beta", [])];
  return names.map((name) => {
    const activation = FUNCTIONS[name.toLowerCase()];
    if (activation === undefined) throw call.unsupported(`the activation "${name}"`);
    const [alpha, beta] = activation.defaults.map(Math.fround);
    const a = alpha === undefined ? 0 : (alphas.shift() ?? alpha);
    const b = beta === undefined ? 0 : (betas.shift() ?? beta);
    return (x: number): number => activation.f(x, a, b);
  });
}
