import { XDeepError } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/method";

import { describeBaseline } from "./baseline.ts";
import type { BaselineOption } from "./baseline.ts";
import { QUADRATURES } from "./quadrature.ts";
import type { QuadratureName } from "./quadrature.ts";

/** Steps on the path where nothing is asked: what xdeep has always taken. */
export const DEFAULT_STEPS = 25;
/** Steps that a `tolerance` starts from. */
export const FIRST_STEPS = 8;
/** Steps that a `tolerance` may go up to: 8 · 3⁴, a mean error of the order 1/n² on smooth networks and 1/n on ReLU ones. */
export const DEFAULT_MAX_STEPS = 648;

/** How the path is chosen and its integral approximated. */
export interface IntegratedOptions {
  /** Points on the path, n ≥ 1 (2 for "trapezoid"). Default 25; with `tolerance` the number to start from, default 8. */
  readonly n?: number | undefined;
  /** Where the path starts; several are averaged (expected gradients). Default 0. */
  readonly baseline?: BaselineOption | undefined;
  /** Default "midpoint". */
  readonly quadrature?: QuadratureName | undefined;
  /** (x − x′) ⊙ mean gradient; false: the bare mean gradient. Default true. */
  readonly multiplyByInputs?: boolean | undefined;
  /** Triple the steps of a row until |Σ A − (F(x) − F(x′))| is at most this, in units of the score. Needs "midpoint". */
  readonly tolerance?: number | undefined;
  /** Steps that `tolerance` may go up to. Default 648. */
  readonly maxSteps?: number | undefined;
}

export const INTEGRATED_OPTIONS: readonly string[] = [
  "n",
  "baseline",
  "quadrature",
  "multiplyByInputs",
  "tolerance",
  "maxSteps",
] satisfies (keyof IntegratedOptions)[];

/** Options with every default filled in. */
export interface IntegratedSettings {
  readonly n: number;
  readonly baseline: BaselineOption;
  readonly quadrature: QuadratureName;
  readonly multiplyByInputs: boolean;
  readonly tolerance: number | null;
  /** Equal to `n` where there is no tolerance. */
  readonly maxSteps: number;
}

/** @throws {XDeepError} OPTION_INVALID */
export function resolveSettings(options: IntegratedOptions): IntegratedSettings {
  checkOptionNames("integrated", options, INTEGRATED_OPTIONS);
  const { baseline = 0, quadrature = "midpoint", multiplyByInputs = true, tolerance = null } = options;
  const n = options.n ?? (tolerance === null ? DEFAULT_STEPS : FIRST_STEPS);
  const maxSteps = tolerance === null ? n : (options.maxSteps ?? Math.max(n, DEFAULT_MAX_STEPS));
  demand(QUADRATURES.includes(quadrature), "quadrature", quadrature, `one of ${QUADRATURES.join(", ")}`);
  const fewest = quadrature === "trapezoid" ? 2 : 1;
  demand(Number.isInteger(n) && n >= fewest, "n", n, `an integer of at least ${fewest} for "${quadrature}"`);
  if (tolerance === null) {
    demand(options.maxSteps === undefined, "maxSteps", options.maxSteps, "left out unless there is a `tolerance`");
  } else {
    demand(Number.isFinite(tolerance) && tolerance > 0, "tolerance", tolerance, "a finite number above 0");
    demand(quadrature === "midpoint", "quadrature", quadrature, '"midpoint" where there is a `tolerance`: its points can be used again');
    demand(Number.isInteger(maxSteps) && maxSteps >= n, "maxSteps", maxSteps, `an integer of at least n = ${n}`);
  }
  return { n, baseline, quadrature, multiplyByInputs, tolerance, maxSteps };
}

/** The settings as plain data for the provenance. */
export function describeSettings({ baseline, tolerance, maxSteps, ...rest }: IntegratedSettings): Readonly<Record<string, unknown>> {
  return { ...rest, baseline: describeBaseline(baseline), ...(tolerance === null ? {} : { tolerance, maxSteps }) };
}

function demand(holds: boolean, option: string, got: unknown, expected: string): void {
  if (holds) return;
  throw new XDeepError("OPTION_INVALID", `integrated: ${option} must be ${expected}, got ${String(got)}.`, { details: { option, got } });
}
