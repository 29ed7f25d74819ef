/**
 * Nodes and weights of Gauss–Legendre quadrature on [0, 1], exact for polynomials of degree 2n − 1: the roots of the Legendre polynomial Pₙ by
 * Newton's iteration from Chebyshev's guesses.
 */
export function gaussLegendre(n: number): { readonly nodes: Float64Array; readonly weights: Float64Array } {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let derivative = 0;
    // The guesses are so near that the fourth iteration changes nothing; more would not hurt.
    for (let iteration = 0; iteration < 8; iteration++) {
      const legendre = legendreAt(n, x);
      derivative = legendre.derivative;
      x -= legendre.value / derivative;
    }
    nodes[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * derivative * derivative);
  }
  return { nodes, weights };
}

/** Pₙ and its derivative, by (k + 1) Pₖ₊₁ = (2k + 1) x Pₖ − k Pₖ₋₁. */
function legendreAt(n: number, x: number): { readonly value: number; readonly derivative: number } {
  let previous = 0;
  let value = 1;
  for (let k = 0; k < n; k++) [previous, value] = [value, ((2 * k + 1) * x * value - k * previous) / (k + 1)];
  return { value, derivative: (n * (previous - x * value)) / (1 - x * x) };
}
