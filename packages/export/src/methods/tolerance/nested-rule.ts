import type { MethodDescription } from "@xdeep/core";
import { DEFAULT_MAX_STEPS } from "@xdeep/integrated";

/** Points on paths that are taken level by level, each level with those of the ones before it. */
export interface NestedRule {
  /** α of every point, in the order in which they are taken. */
  readonly nodes: Float64Array;
  /** How many points each level has. */
  readonly counts: readonly number[];
  /** By level: what each point weighs in it. Points of later levels weigh nothing. */
  readonly weights: readonly Float64Array[];
}

/** What a row's steps are asked for. */
export interface Demand {
  /** Of |Σ A − (F(x) − F(x′))|, in units of the score. */
  readonly tolerance?: number;
  /** The same as a share of |F(x) − F(x′)|. */
  readonly relativeTolerance?: number;
  readonly maxSteps?: number;
}

/**
 * Fejér's second rule: 2ᵏ − 1 points, the cosines of equal angles, so that each level has all points of the one before. It integrates polynomials of as many
 * degrees as it has points, all its weights are positive, and it takes no end, where networks have kinks at a baseline of zeros.
 *
 * @see L. Fejér (1933), Mechanische Quadraturen mit positiven Cotesschen Zahlen; J. Waldvogel (2006), Fast construction of the Fejér and Clenshaw–Curtis quadrature rules
 */
export function nestedFejer(maxSteps: number): NestedRule {
  const counts = levelCounts(maxSteps);
  const last = counts.at(-1)! + 1;
  // Place j of last stands for the angle π j / last; a level has the places that are multiples of last / (count + 1).
  const strides = counts.map((count) => last / (count + 1));
  const levelOf = (place: number): number => strides.findIndex((stride) => place % stride === 0);
  const places = Array.from({ length: last - 1 }, (_, k) => k + 1).toSorted((a, b) => levelOf(a) - levelOf(b) || a - b);
  return {
    nodes: Float64Array.from(places, (place) => (1 - Math.cos((Math.PI * place) / last)) / 2),
    counts,
    weights: counts.map((count, level) => Float64Array.from(places, (place) => (levelOf(place) <= level ? fejerWeight(place / strides[level]!, count) : 0))),
  };
}

/** Of the point at the angle π j / (n + 1), for a path of length 1. */
function fejerWeight(j: number, n: number): number {
  const angle = (Math.PI * j) / (n + 1);
  const terms = Array.from({ length: (n + 1) / 2 }, (_, k) => Math.sin((2 * k + 1) * angle) / (2 * k + 1));
  return ((2 * Math.sin(angle)) / (n + 1)) * terms.reduce((sum, term) => sum + term, 0);
}

/** Each level is held against the one before: rows stop at 7 points at the earliest, or at 3 where no more are allowed. */
function levelCounts(maxSteps: number): readonly number[] {
  const counts = [1, 3];
  while (2 * counts.at(-1)! + 1 <= maxSteps) counts.push(2 * counts.at(-1)! + 1);
  return counts.length > 2 ? counts.slice(1) : counts;
}

/** True for integrated gradients that take points until a tolerance is met. */
export function isToTolerance({ name, parameters }: MethodDescription): boolean {
  return name === "integrated" && parameters["n"] === undefined;
}

/** The levels that a demand allows. */
export function levelsOf({ maxSteps = DEFAULT_MAX_STEPS }: Demand): NestedRule {
  return nestedFejer(maxSteps);
}

/** A method as the file has it: where points follow a tolerance, the API chooses them otherwise, so the description names the file's rule. */
export function asWritten(method: MethodDescription): MethodDescription {
  const of = method.of === undefined ? {} : { of: asWritten(method.of) };
  if (!isToTolerance(method)) return { ...method, ...of };
  return { ...method, ...of, parameters: { ...method.parameters, quadrature: "nested-fejer", levels: levelsOf(method.parameters as Demand).counts } };
}
