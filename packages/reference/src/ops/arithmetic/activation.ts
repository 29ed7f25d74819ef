import { mapElements, mapPairs } from "../../math/elementwise.ts";
import { erf } from "../../math/error-function.ts";
import type { Operator, OperatorCall, OperatorTable } from "../../operator-call.ts";

/** σ(x) = 1 / (1 + e⁻ˣ). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** log(1 + eˣ) without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** x Φ(x), Φ the normal distribution function. */
export function gelu(x: number): number {
  return (x / 2) * (1 + erf(x / Math.SQRT2));
}

/** The tanh approximation of x Φ(x) (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
export function geluTanh(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** max(0, min(1, αx + β)). */
export function hardSigmoid(x: number, alpha: number, beta: number): number {
  return Math.max(0, Math.min(1, alpha * x + beta));
}

/** x > 0 ? x : α(eˣ − 1). */
export function elu(x: number, alpha: number): number {
  return x > 0 ? x : alpha * Math.expm1(x);
}

/** An operator whose formula has parameters taken from the node. */
function activation(formula: (call: OperatorCall) => (x: number) => number): Operator {
  return (call) => [mapElements(call.input(0), formula(call))];
}

function eluOf(call: OperatorCall): (x: number) => number {
  const alpha = call.float("alpha", 1);
  return (x) => elu(x, alpha);
}

function seluOf(call: OperatorCall): (x: number) => number {
  const alpha = call.float("alpha", 1.67326319217681884765625);
  const gamma = call.float("gamma", 1.05070102214813232421875);
  return (x) => gamma * elu(x, alpha);
}

function celuOf(call: OperatorCall): (x: number) => number {
  const alpha = call.float("alpha", 1);
  return (x) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
}

function leakyReluOf(call: OperatorCall): (x: number) => number {
  const alpha = call.float("alpha", 0.01);
  return (x) => (x < 0 ? alpha * x : x);
}

function thresholdedReluOf(call: OperatorCall): (x: number) => number {
  const alpha = call.float("alpha", 1);
  return (x) => (x > alpha ? x : 0);
}

function hardSigmoidOf(call: OperatorCall): (x: number) => number {
  const alpha = call.float("alpha", 0.2);
  const beta = call.float("beta", 0.5);
  return (x) => hardSigmoid(x, alpha, beta);
}

function shrinkOf(call: OperatorCall): (x: number) => number {
  const lambda = call.float("lambd", 0.5);
  const bias = call.float("bias", 0);
  return (x) => (x < -lambda ? x + bias : x > lambda ? x - bias : 0);
}

function swishOf(fallback: number): (call: OperatorCall) => (x: number) => number {
  return (call) => {
    const alpha = call.float("alpha", fallback);
    return (x) => x * sigmoid(alpha * x);
  };
}

function prelu(call: OperatorCall): ReturnType<Operator> {
  return [mapPairs(call.input(0), call.input(1), (x, slope) => (x < 0 ? slope * x : x))];
}

/** Activation functions y = f(x), with their parameters as attributes. */
export const activationOperators: OperatorTable = {
  Celu: activation(celuOf),
  Elu: activation(eluOf),
  Gelu: activation((call) => (call.attributes.string("approximate", "none") === "tanh" ? geluTanh : gelu)),
  HardSigmoid: activation(hardSigmoidOf),
  HardSwish: activation(() => (x) => x * hardSigmoid(x, 1 / 6, 0.5)),
  LeakyRelu: activation(leakyReluOf),
  Mish: activation(() => (x) => x * Math.tanh(softplus(x))),
  PRelu: prelu,
  Relu: activation(() => (x) => (x < 0 ? 0 : x)),
  Selu: activation(seluOf),
  Shrink: activation(shrinkOf),
  Sigmoid: activation(() => sigmoid),
  Softplus: activation(() => softplus),
  Softsign: activation(() => (x) => x / (1 + Math.abs(x))),
  Swish: activation(swishOf(1)),
  ThresholdedRelu: activation(thresholdedReluOf),
  "com.microsoft.QuickGelu": activation(swishOf(1.702)),
};
