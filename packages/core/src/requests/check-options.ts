import { XDeepError } from "../errors/error.ts";
import type { ExplainOptions, RowOrigin } from "../contract/explainer.ts";
import { nearestNames } from "../errors/nearest-names.ts";

const EXPLAIN_OPTIONS = ["onProgress", "origin", "output", "score", "signal", "target", "weights", "wrt"] as const satisfies readonly (keyof ExplainOptions)[];

/**
 * Refuses options that a function does not have: a misspelt `target` would otherwise explain another class, in silence.
 *
 * @throws {XDeepError} OPTION_INVALID naming the nearest option
 */
export function checkOptionNames(caller: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`The options of ${caller} are an object, got ${String(options)}.`);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const [nearest] = nearestNames(unknown, known, 1);
  throw new XDeepError("OPTION_INVALID", `${caller} has no option "${unknown}". Did you mean "${nearest}"? Options: ${known.join(", ")}.`, {
    details: { option: unknown, nearest, known },
  });
}

/**
 * Refuses an option whose value is not what is expected: "smooth: n must be an integer of at least 1, got 0."
 *
 * @throws {XDeepError} OPTION_INVALID unless it holds
 */
export function demandOption(holds: boolean, caller: string, option: string, got: unknown, expected: string): void {
  if (holds) return;
  throw new XDeepError("OPTION_INVALID", `${caller}: ${option} must be ${expected}, got ${String(got)}.`, { details: { option, got } });
}

/** @throws {XDeepError} OPTION_INVALID unless the option is a whole number, 1 or more where nothing else is said */
export function demandCount(caller: string, option: string, got: unknown, least = 1): void {
  demandOption(Number.isInteger(got) && (got as number) >= least, caller, option, got, `an integer of at least ${least}`);
}

/**
 * Checks the options that every explainer takes, against the number of rows.
 *
 * @throws {XDeepError} OPTION_INVALID for an option or a score that does not exist, or weights that are not one finite number per row
 */
export function checkExplainOptions(options: ExplainOptions, rows: number): void {
  checkOptionNames("explain", options, EXPLAIN_OPTIONS);
  checkScore(options.score);
  checkWeights(options.weights, rows);
  checkOrigin(options.origin, rows);
}

/** @throws {XDeepError} OPTION_INVALID for a score that does not exist */
export function checkScore(score: unknown): void {
  if (score === undefined || score === "logit" || score === "probability") return;
  throw new XDeepError("OPTION_INVALID", `There is no score "${String(score)}"; it is "logit" or "probability".`, {
    details: { option: "score", got: score },
  });
}

/** @throws {XDeepError} OPTION_INVALID unless there is one finite weight per row */
export function checkWeights(weights: Float32Array | undefined, rows: number): void {
  if (weights === undefined) return;
  if (weights.length !== rows) {
    throw new XDeepError("OPTION_INVALID", `Weights are one finite number per row: expected ${rows}, got ${weights.length}.`, {
      details: { option: "weights", expected: rows, got: weights.length },
    });
  }
  const row = weights.findIndex((weight) => !Number.isFinite(weight));
  if (row < 0) return;
  throw new XDeepError("OPTION_INVALID", `Weights are one finite number per row, got ${weights[row]} for row ${row}.`, { details: { option: "weights", row } });
}

function checkOrigin(origin: RowOrigin | undefined, rows: number): void {
  if (origin === undefined) return;
  const { rows: origins, of } = origin;
  if (origins.length === rows && origins.every((row) => Number.isInteger(row) && row >= 0 && row < of)) return;
  throw new XDeepError("OPTION_INVALID", `\`origin\` names one row of ${of} for each of ${rows} rows, got [${origins.join(", ")}].`, {
    details: { option: "origin", expected: rows, got: origins },
  });
}
