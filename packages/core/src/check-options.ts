import { XDeepError } from "./error.ts";
import type { ExplainOptions } from "./explainer.ts";

/**
 * Checks the options that every explainer takes, against the number of rows.
 *
 * @throws {XDeepError} OPTION_INVALID for a score that does not exist, or weights that are not one finite number per row
 */
export function checkExplainOptions({ score, weights }: ExplainOptions, rows: number): void {
  if (score !== undefined && score !== "logit" && score !== "probability") {
    throw new XDeepError("OPTION_INVALID", `There is no score "${String(score)}"; it is "logit" or "probability".`, { details: { option: "score", got: score } });
  }
  if (weights === undefined) return;
  if (weights.length !== rows || !weights.every((weight) => Number.isFinite(weight))) {
    throw new XDeepError("OPTION_INVALID", `Weights are one finite number per row: expected ${rows}, got ${weights.length}.`, {
      details: { option: "weights", expected: rows, got: weights.length },
    });
  }
}
