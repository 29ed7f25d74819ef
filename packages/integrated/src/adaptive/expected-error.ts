import type { Interpolation } from "./fit-path.ts";

/**
 * How far a rule probably misses the integral, stretch by stretch. Each inner point is foretold from others, by a line through its neighbours or a polynomial
 * through all: how far it lies from there says how restless the gradients are. Between two points they are taken to walk at random (a Wiener process), as
 * they do across the kinks of many ReLUs; where they are smooth, polynomials foretell them and less is expected.
 *
 * @param products inner products of the gradients at two points
 */
export function expectedErrors(alphas: readonly number[], products: (a: number, b: number) => number, rule: Exclude<Interpolation, "cubic">): Float64Array {
  const count = alphas.length;
  const rates = Array.from({ length: Math.max(0, count - 2) }, (_, k) => rateAt(k + 1, alphas, products, rule));
  return Float64Array.from({ length: count + 1 }, (_, j) => {
    const width = (alphas[j] ?? 1) - (alphas[j - 1] ?? 0);
    // Points j − 1 and j bound the stretch; the outermost points are foretold by nobody, and the ends are no points.
    const around = rates.slice(Math.max(0, j - 2), Math.max(1, j));
    const rate = around.length === 0 ? rates.at(-1)! : around.reduce((sum, each) => sum + each, 0) / around.length;
    const variance = j === 0 || j === count ? width ** 3 / 3 : width ** 3 / 12;
    return Math.sqrt(variance * rate);
  });
}

/** What all stretches miss together, where they miss by chance. */
export function together(errors: Float64Array): number {
  return Math.hypot(...errors);
}

/** The square of the distance of a point's gradient from what others foretell, over the one that a walk of unit rate has in the mean. */
function rateAt(own: number, alphas: readonly number[], products: (a: number, b: number) => number, rule: Exclude<Interpolation, "cubic">): number {
  const others = rule === "linear" ? [own - 1, own + 1] : alphas.map((_, k) => k).filter((k) => k !== own);
  const at = alphas[own]!;
  const foretold = others.map((k) => others.reduce((product, m) => (m === k ? product : (product * (at - alphas[m]!)) / (alphas[k]! - alphas[m]!)), 1));
  const points = [own, ...others];
  const factors = [1, ...foretold.map((factor) => -factor)];
  const quadratic = (form: (a: number, b: number) => number): number =>
    points.reduce((sum, a, i) => sum + points.reduce((part, b, k) => part + factors[i]! * factors[k]! * form(a, b), 0), 0);
  return Math.max(0, quadratic(products)) / quadratic((a, b) => Math.min(alphas[a]!, alphas[b]!));
}
