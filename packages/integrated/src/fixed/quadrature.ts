import { gaussLegendre } from "@xdeep/core/method";

/** Every scheme by which the path integral is approximated. */
export const QUADRATURES = ["midpoint", "gausslegendre", "trapezoid", "left", "right"] as const;

/**
 * How the path integral is approximated. `midpoint`: the centres of n equal steps. `gausslegendre`: exact for polynomials of degree 2n − 1.
 * `trapezoid`: n points with both ends, which weigh half. `left`, `right`: the ends of n equal steps, nodes k/n.
 */
export type QuadratureName = (typeof QUADRATURES)[number];

/** Points on [0, 1], 0 at the baseline and 1 at the input, and weights that sum to one. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** The scheme of n points; `trapezoid` needs two or more. */
export function quadrature(name: QuadratureName, n: number): Quadrature {
  switch (name) {
    case "midpoint":
      return equalSteps(n, 0.5);
    case "left":
      return equalSteps(n, 0);
    case "right":
      return equalSteps(n, 1);
    case "gausslegendre":
      return gaussLegendre(n);
    case "trapezoid":
      return {
        nodes: Float64Array.from({ length: n }, (_, k) => k / (n - 1)),
        weights: Float64Array.from({ length: n }, (_, k) => (k === 0 || k === n - 1 ? 0.5 : 1) / (n - 1)),
      };
  }
}

function equalSteps(n: number, offset: number): Quadrature {
  return { nodes: Float64Array.from({ length: n }, (_, k) => (k + offset) / n), weights: new Float64Array(n).fill(1 / n) };
}
