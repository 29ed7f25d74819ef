import { checkOptionNames, describeBaseline, demandOption } from "@xdeep/core/method";
import type { Explainer } from "@xdeep/core";

import type { BaselineOption } from "@xdeep/core/method";
import { FIRST_POINTS } from "./adaptive/place-points.ts";
import { QUADRATURES } from "./fixed/quadrature.ts";
import type { QuadratureName } from "./fixed/quadrature.ts";

/** Steps on the path where only a quadrature is asked for: what xdeep has always taken. */
export const DEFAULT_STEPS = 25;
/** The share of F(x) − F(x′) that attributions may miss where nothing is asked. */
export const DEFAULT_RELATIVE_TOLERANCE = 0.01;
/** Steps that a tolerance may take: the most that the paper finds necessary is 300. */
export const DEFAULT_MAX_STEPS = 200;

/** Points that may be asked for: a thousand times what the paper finds necessary. Nodes of Gauss and Legendre take time that grows with their square. */
const MOST_POINTS = 300_000;
const MOST_NODES = 10_000;

/** How the path is chosen and its integral approximated. */
export interface IntegratedOptions {
  /** Points on the path, n ≥ 1 (2 for "trapezoid"). Default: as many as a tolerance takes; 25 with `quadrature`, and over explainers other than the plain gradient. */
  readonly n?: number | undefined;
  /** Where the path starts; several are averaged (expected gradients). Default 0. */
  readonly baseline?: BaselineOption | undefined;
  /** Where `n` points lie. Default "midpoint". */
  readonly quadrature?: QuadratureName | undefined;
  /** (x − x′) ⊙ mean gradient; false: the bare mean gradient. Default true. */
  readonly multiplyByInputs?: boolean | undefined;
  /** Take points until |Σ A − (F(x) − F(x′))| is at most this, in units of the score. */
  readonly tolerance?: number | undefined;
  /** Take points until |Σ A − (F(x) − F(x′))| is at most this share of |F(x) − F(x′)|. Default 0.01; with `tolerance`, the larger of both counts. */
  readonly relativeTolerance?: number | undefined;
  /** Points that a tolerance may take for each row and baseline, 3 or more. Default 200. */
  readonly maxSteps?: number | undefined;
}

export const INTEGRATED_OPTIONS: readonly string[] = [
  "n",
  "baseline",
  "quadrature",
  "multiplyByInputs",
  "tolerance",
  "relativeTolerance",
  "maxSteps",
] satisfies (keyof IntegratedOptions)[];

/** A rule of n points. */
export interface FixedSteps {
  readonly n: number;
  readonly quadrature: QuadratureName;
}

/** Points until the larger of the tolerances is met. */
export interface AdaptiveSteps {
  readonly tolerance: number | null;
  readonly relativeTolerance: number | null;
  readonly maxSteps: number;
}

/** Options with every default filled in. */
export interface IntegratedSettings {
  readonly baseline: BaselineOption;
  readonly multiplyByInputs: boolean;
  readonly steps: FixedSteps | AdaptiveSteps;
}

/** @throws {XDeepError} OPTION_INVALID */
export function resolveSettings(options: IntegratedOptions, { method }: Pick<Explainer, "method">): IntegratedSettings {
  checkOptionNames("integrated", options, INTEGRATED_OPTIONS);
  const { baseline = 0, multiplyByInputs = true, n, quadrature, tolerance, relativeTolerance, maxSteps } = options;
  const asksForPoints = n !== undefined || quadrature !== undefined;
  const asksForTolerance = tolerance !== undefined || relativeTolerance !== undefined || maxSteps !== undefined;
  const isAdaptive = asksForTolerance || (!asksForPoints && isPlainGradient({ method }));
  if (!isAdaptive) return { baseline, multiplyByInputs, steps: resolveFixed(options) };
  for (const [name, value] of Object.entries({ n, quadrature }))
    demand(value === undefined, name, value, "left out where there is a `tolerance`: it takes the points that it needs");
  return { baseline, multiplyByInputs, steps: resolveAdaptive(options) };
}

/** Only the plain gradient is that of the score: what other explainers give need not add up, however many points there are. */
export function isPlainGradient({ method }: Pick<Explainer, "method">): boolean {
  return method.name === "vanilla";
}

/** True where points are taken until a tolerance is met. */
export function isAdaptive(steps: FixedSteps | AdaptiveSteps): steps is AdaptiveSteps {
  return "maxSteps" in steps;
}

/** The settings as plain data for the provenance. */
export function describeSettings({ baseline, multiplyByInputs, steps }: IntegratedSettings): Readonly<Record<string, unknown>> {
  const given = Object.entries(steps).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(given), multiplyByInputs, baseline: describeBaseline(baseline) };
}

function resolveFixed({ n = DEFAULT_STEPS, quadrature = "midpoint" }: IntegratedOptions): FixedSteps {
  demand(QUADRATURES.includes(quadrature), "quadrature", quadrature, `one of ${QUADRATURES.join(", ")}`);
  const fewest = quadrature === "trapezoid" ? 2 : 1;
  const most = quadrature === "gausslegendre" ? MOST_NODES : MOST_POINTS;
  demand(Number.isInteger(n) && n >= fewest && n <= most, "n", n, `an integer from ${fewest} to ${most} for "${quadrature}"`);
  return { n, quadrature };
}

function resolveAdaptive({ tolerance, relativeTolerance, maxSteps = DEFAULT_MAX_STEPS }: IntegratedOptions): AdaptiveSteps {
  for (const [name, value] of Object.entries({ tolerance, relativeTolerance })) {
    demand(value === undefined || (Number.isFinite(value) && value > 0), name, value, "a finite number above 0");
  }
  demand(
    Number.isInteger(maxSteps) && maxSteps >= FIRST_POINTS && maxSteps <= MOST_POINTS,
    "maxSteps",
    maxSteps,
    `an integer from ${FIRST_POINTS} to ${MOST_POINTS}`,
  );
  const share = relativeTolerance ?? (tolerance === undefined ? DEFAULT_RELATIVE_TOLERANCE : null);
  return { tolerance: tolerance ?? null, relativeTolerance: share, maxSteps };
}

function demand(holds: boolean, option: string, got: unknown, expected: string): void {
  demandOption(holds, "integrated", option, got, expected);
}
