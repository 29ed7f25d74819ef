import { gaussLegendre } from "@xdeep/core/method";

/** What is known of F on a path: points in ascending order, none of them an end, F there, and F′ = Σ (x − x′) ⊙ ∇F there. */
export interface PathSamples {
  readonly alphas: readonly number[];
  readonly scores: readonly number[];
  readonly slopes: readonly number[];
}

/** F at the ends of a path: at the baseline and at the input. */
export interface EndScores {
  readonly start: number;
  readonly end: number;
}

/** A quadrature rule over the points, held against the scores. */
export interface PathFit {
  readonly rule: Interpolation;
  /** One per point; they sum to one. */
  readonly weights: Float64Array;
  /** One per stretch between neighbours, ends included: how far the rule misses the difference of the scores there. */
  readonly errors: Float64Array;
  /** Their sum, Σ A − (F(x) − F(x′)). */
  readonly delta: number;
  /** The root of the sum of their squares: what the delta would be if they did not cancel by chance. */
  readonly spread: number;
}

/**
 * How F′ is continued between points. `linear`: straight lines, the right thing across kinks. `cubic`: through the four nearest points.
 * `polynomial`: one through all, for smooth networks whose points lie close at the ends.
 */
export type Interpolation = "linear" | "cubic" | "polynomial";

/** How many points carry a stretch, where there are as many. */
const CARRIERS: Readonly<Record<Interpolation, number>> = { linear: 2, cubic: 4, polynomial: Infinity };

/** The rule among `rules` that comes nearest to the scores, stretch by stretch. */
export function fitPath(samples: PathSamples, ends: EndScores, rules: readonly Interpolation[]): PathFit {
  return nearestFit(rules.map((rule) => fit(samples, ends, rule)));
}

/** The fit that misses the scores least; the first of equal ones. */
export function nearestFit(fits: readonly PathFit[]): PathFit {
  return fits.reduce((best, other) => (other.spread < best.spread ? other : best));
}

/** The weights of a rule, which depend on the points alone. */
export function ruleWeights(alphas: readonly number[], rule: Interpolation): Float64Array {
  return summedWeights(stretches(alphas, rule), alphas.length);
}

function fit({ alphas, scores, slopes }: PathSamples, { start, end }: EndScores, rule: Interpolation): PathFit {
  const parts = stretches(alphas, rule);
  const errors = Float64Array.from(parts, ({ first, weights }, j) => {
    const integral = weights.reduce((sum, weight, k) => sum + weight * slopes[first + k]!, 0);
    return integral - ((scores[j] ?? end) - (scores[j - 1] ?? start));
  });
  const delta = errors.reduce((sum, error) => sum + error, 0);
  const spread = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0));
  return { rule, weights: summedWeights(parts, alphas.length), errors, delta, spread };
}

/** The integral over one stretch as a weighted sum of neighbouring slopes, from point `first` on. */
interface Stretch {
  readonly first: number;
  readonly weights: readonly number[];
}

function stretches(alphas: readonly number[], rule: Interpolation): readonly Stretch[] {
  // Exact for the polynomials of a stretch.
  const exact = gaussLegendre(Math.ceil(Math.min(alphas.length, CARRIERS[rule]) / 2));
  return Array.from({ length: alphas.length + 1 }, (_, j) => {
    const { first, last } = neighbours(j, alphas.length, rule);
    return { first, weights: integralWeights(alphas.slice(first, last), alphas[j - 1] ?? 0, alphas[j] ?? 1, exact) };
  });
}

function summedWeights(parts: readonly Stretch[], points: number): Float64Array {
  const sum = new Float64Array(points);
  for (const { first, weights } of parts) weights.forEach((weight, k) => (sum[first + k]! += weight));
  return sum;
}

/** Which points carry stretch j: `last` is not among them. Behind the outermost points a line stays level, a polynomial goes on. */
function neighbours(j: number, count: number, rule: Interpolation): { readonly first: number; readonly last: number } {
  if (rule === "polynomial") return { first: 0, last: count };
  if (rule === "linear") return { first: Math.max(0, j - 1), last: Math.min(count, j + 1) };
  const size = Math.min(count, CARRIERS.cubic);
  const first = Math.max(0, Math.min(count - size, j - 2));
  return { first, last: first + size };
}

/** ∫ of each Lagrange polynomial of the points from a to b, by a quadrature that is exact for it. */
function integralWeights(points: readonly number[], a: number, b: number, { nodes, weights }: ReturnType<typeof gaussLegendre>): readonly number[] {
  return points.map((own, k) =>
    nodes.reduce((sum, node, i) => {
      const at = a + (b - a) * node;
      const value = points.reduce((product, other, m) => (m === k ? product : (product * (at - other)) / (own - other)), 1);
      return sum + weights[i]! * (b - a) * value;
    }, 0),
  );
}
