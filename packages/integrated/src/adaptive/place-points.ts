/**
 * Points for paths of which nothing is known, as distances from the middle in halves of the path: 5, then 7 and 11 of them. Each set carries a polynomial well, which
 * converges faster than any power of their number where a network is smooth. They were searched for: among nested sets these integrate Chebyshev's
 * polynomials best, each weighed by 1.5 to the minus its degree, about as well as Fejér's rules of as many points.
 */
const NESTED: readonly (readonly number[])[] = [[0, 0.62, 0.9125], [0.33], [0.83, 0.974]].map((level) =>
  level.flatMap((distance) => (distance === 0 ? [0.5] : [(1 - distance) / 2, (1 + distance) / 2])),
);

/** How many points come first. */
export const FIRST_POINTS = 5;
/** How many points are added at once at most: as many as backends like to run together. */
export const ADDED = 4;

/** The nested points that follow when there are `count`; undefined behind the last. */
export function nestedPoints(count: number): readonly number[] | undefined {
  let before = 0;
  for (const level of NESTED) {
    if (before === count) return level;
    before += level.length;
  }
  return undefined;
}

/** The next points, where a rule of these errors misses the scores most. */
export function worstPlaces(alphas: readonly number[], errors: Float64Array, count: number = ADDED): readonly number[] {
  const stretches = roughness(alphas, errors);
  for (let added = 0; added < count; added++) cutWorst(stretches);
  return cuts(alphas, stretches);
}

/** All the points, `most` at most, after which the rule of straight lines should miss the scores by no more than `allowed`. */
export function allPlaces(alphas: readonly number[], errors: Float64Array, allowed: number, most: number): readonly number[] {
  const stretches = roughness(alphas, errors);
  for (let added = 0; added < most && expectedSpread(stretches) > allowed; added++) cutWorst(stretches);
  return cuts(alphas, stretches);
}

/** A stretch between neighbouring points, and into how many parts it is to be cut. */
interface Stretch {
  readonly width: number;
  /** The error over the square of the width, as neighbours have it, too: an error that is small by chance does not count. */
  readonly density: number;
  parts: number;
}

/** An end stretch is half of one that the end lies in the middle of. */
function roughness(alphas: readonly number[], errors: Float64Array): Stretch[] {
  const last = errors.length - 1;
  const half = (j: number): number => (j === 0 || j === last ? 2 : 1);
  const widths = Array.from(errors, (_, j) => half(j) * ((alphas[j] ?? 1) - (alphas[j - 1] ?? 0)));
  const squares = Array.from(errors, (error, j) => ((half(j) * error) / widths[j]! ** 2) ** 2);
  return widths.map((width, j) => {
    const around = (squares[j - 1] ?? squares[j]!) + 2 * squares[j]! + (squares[j + 1] ?? squares[j]!);
    return { width, density: Math.sqrt(around / 4), parts: 1 };
  });
}

/** What each part of a stretch is expected to miss. */
function expectedError({ width, density, parts }: Stretch): number {
  return density * (width / parts) ** 2;
}

function expectedSpread(stretches: readonly Stretch[]): number {
  return Math.sqrt(stretches.reduce((sum, stretch) => sum + stretch.parts * expectedError(stretch) ** 2, 0));
}

function cutWorst(stretches: readonly Stretch[]): void {
  stretches.reduce((worst, other) => (expectedError(other) > expectedError(worst) ? other : worst)).parts++;
}

/** The new points: parts between points are equal, and one that meets an end is half as wide. */
function cuts(alphas: readonly number[], stretches: readonly Stretch[]): readonly number[] {
  return stretches.flatMap(({ parts }, j) => {
    const [a, b] = [alphas[j - 1] ?? 0, alphas[j] ?? 1];
    return Array.from({ length: parts - 1 }, (_, k) => {
      if (j === 0) return (b * (2 * k + 1)) / (2 * parts - 1);
      if (j === alphas.length) return 1 - ((1 - a) * (2 * k + 1)) / (2 * parts - 1);
      return a + ((b - a) * (k + 1)) / parts;
    });
  });
}
