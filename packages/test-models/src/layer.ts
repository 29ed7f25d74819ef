import type { RectifierRule } from "@xdeep/core";

/** One step of an analytic network on one sample: a function of a vector, and its derivative. */
export interface Layer {
  readonly primal: (x: Float64Array) => Float64Array;
  /** x̄ from ȳ. Rectifiers follow the rule, everything else ignores it. */
  readonly pullback: (x: Float64Array, dy: Float64Array, rule: RectifierRule) => Float64Array;
  readonly rectifier?: boolean;
  /** A final activation, whose argument `score: "logit"` explains. */
  readonly activation?: boolean;
}

/** y = W x + b. */
export function affine(weights: readonly (readonly number[])[], bias: readonly number[] = weights.map(() => 0)): Layer {
  return {
    primal: (x) => Float64Array.from(weights, (row, i) => row.reduce((sum, weight, j) => sum + weight * x[j]!, bias[i]!)),
    pullback: (x, dy) => x.map((_, j) => weights.reduce((sum, row, i) => sum + row[j]! * dy[i]!, 0)),
  };
}

/** yᵢ = f(xᵢ). */
export function elementwise(f: (x: number) => number, derivative: (x: number) => number): Layer {
  return { primal: (x) => x.map(f), pullback: (x, dy) => x.map((value, i) => derivative(value) * dy[i]!) };
}

/** y = max(x, 0), with the guided and the DeconvNet rule. */
export function relu(): Layer {
  const passes: Readonly<Record<RectifierRule, (x: number, dy: number) => boolean>> = {
    standard: (x) => x > 0,
    guided: (x, dy) => x > 0 && dy > 0,
    deconvnet: (_, dy) => dy > 0,
  };
  return {
    rectifier: true,
    primal: (x) => x.map((value) => Math.max(value, 0)),
    pullback: (x, dy, rule) => x.map((value, i) => (passes[rule](value, dy[i]!) ? dy[i]! : 0)),
  };
}

/** y = ln(1 + eˣ). */
export function softplus(): Layer {
  return elementwise(
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    (x) => 1 / (1 + Math.exp(-x)),
  );
}

/** y = xᵀ Q x, one entry. */
export function quadratic(matrix: readonly (readonly number[])[]): Layer {
  return {
    primal: (x) => Float64Array.of(matrix.reduce((sum, row, i) => sum + x[i]! * row.reduce((inner, entry, j) => inner + entry * x[j]!, 0), 0)),
    pullback: (x, dy) => x.map((_, i) => dy[0]! * matrix.reduce((sum, row, j) => sum + (matrix[i]![j]! + row[i]!) * x[j]!, 0)),
  };
}

/** The final Softmax over all entries. */
export function softmax(): Layer {
  const primal = (x: Float64Array): Float64Array => {
    const largest = Math.max(...x);
    const exponentials = x.map((value) => Math.exp(value - largest));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    return exponentials.map((value) => value / total);
  };
  return {
    activation: true,
    primal,
    pullback: (x, dy) => {
      const y = primal(x);
      const mean = y.reduce((sum, value, i) => sum + value * dy[i]!, 0);
      return y.map((value, i) => value * (dy[i]! - mean));
    },
  };
}
