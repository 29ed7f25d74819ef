import type { RectifierRule } from "@xdeep/core";

import type { ActivationName, LayerOf } from "../networks/layer.ts";
import { alongLastAxis } from "./last-axis.ts";
import type { LayerMath } from "./layer-math.ts";

interface Activation {
  readonly f: (x: number, alpha: number) => number;
  readonly derivative: (x: number, alpha: number) => number;
}

/** At the kinks 0 and 6 the derivative is 0. */
const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = {
  elu: { f: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)), derivative: (x, alpha) => (x > 0 ? 1 : alpha * Math.exp(x)) },
  leakyRelu: { f: (x, alpha) => (x > 0 ? x : alpha * x), derivative: (x, alpha) => (x > 0 ? 1 : alpha) },
  relu: { f: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0) },
  relu6: { f: (x) => Math.min(Math.max(x, 0), 6), derivative: (x) => (x > 0 && x < 6 ? 1 : 0) },
  sigmoid: { f: logistic, derivative: (x) => logistic(x) * logistic(-x) },
  softplus: { f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), derivative: logistic },
  tanh: { f: Math.tanh, derivative: (x) => 1 - Math.tanh(x) ** 2 },
};

/** y = f(x);  x̄ = f′(x) ȳ; guided: f′(x) max(ȳ, 0); deconvnet: max(ȳ, 0). */
export const activationMath: LayerMath<LayerOf<"activation">> = {
  primal: ({ name, alpha }, [x]) => ({ dims: x!.dims, data: x!.data.map((value) => ACTIVATIONS[name].f(value, alpha)) }),
  pullback({ name, alpha }, [x], cotangent, rule) {
    const derivative = (i: number): number => ACTIVATIONS[name].derivative(x!.data[i]!, alpha);
    const pass: Readonly<Record<RectifierRule, (dy: number, i: number) => number>> = {
      standard: (dy, i) => derivative(i) * dy,
      guided: (dy, i) => derivative(i) * Math.max(dy, 0),
      deconvnet: (dy) => Math.max(dy, 0),
    };
    return [cotangent.map(pass[rule])];
  },
};

/** yᵢ = e^xᵢ / Σ e^xⱼ;  x̄ᵢ = yᵢ (ȳᵢ − Σ yⱼ ȳⱼ), i and j along the last axis. */
export const softmaxMath: LayerMath<LayerOf<"softmax">> = {
  primal: (_, [x]) => ({ dims: x!.dims, data: alongLastAxis(x!, x!.data, softmax) }),
  pullback(_, [x], cotangent) {
    const along = (own: Float64Array, dy: Float64Array): Float64Array => {
      const y = softmax(own);
      const mean = y.reduce((sum, value, i) => sum + value * dy[i]!, 0);
      return y.map((value, i) => value * (dy[i]! - mean));
    };
    return [alongLastAxis(x!, cotangent, along)];
  },
};

/** yᵢ = xᵢ − ln Σ e^xⱼ;  x̄ᵢ = ȳᵢ − e^yᵢ Σ ȳⱼ. */
export const logSoftmaxMath: LayerMath<LayerOf<"logSoftmax">> = {
  primal(_, [x]) {
    const largest = Math.max(...x!.data);
    const logarithm = largest + Math.log(x!.data.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    return { dims: x!.dims, data: x!.data.map((value) => value - logarithm) };
  },
  pullback(_, [x], cotangent) {
    const y = softmax(x!.data);
    const total = cotangent.reduce((sum, value) => sum + value, 0);
    return [cotangent.map((value, i) => value - y[i]! * total)];
  },
};

function softmax(x: Float64Array): Float64Array {
  const largest = Math.max(...x);
  const exponentials = x.map((value) => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
