import type { FloatTensor, Tensor, VjpResult } from "@xdeep/core";
import { type EngineRun, type VjpPlan, joinRuns, notBatched, sumTensors, withoutPadding } from "@xdeep/core/backend";

import type { Scored } from "../tape/scoring.ts";

/** What one run of a call gave. */
export interface Part extends Pick<EngineRun, "rows"> {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** One for each target; one for a cotangent. */
  readonly pulled: readonly Pulled[];
  readonly rectifiers: number;
  readonly isReached: boolean;
  readonly hasSteps: boolean;
}

/** What one backward run gave. */
export interface Pulled {
  readonly gradients: Readonly<Record<string, Tensor>>;
  readonly scored: Scored;
}

/** What the backward runs of one target gave, part by part. */
export function pulledOf(parts: readonly Part[], target: number): readonly (Pulled & Pick<EngineRun, "rows">)[] {
  return parts.map(({ rows, pulled }) => ({ rows, ...pulled[target]! }));
}

/**
 * Results of a run without the rows that only filled the batch.
 *
 * @throws {XDeepError} BATCH_INVALID where there are such rows and the leading axis is not theirs
 */
export function ownRows(results: Readonly<Record<string, Tensor>>, run: EngineRun, shared: ReadonlySet<string> = new Set()): Readonly<Record<string, Tensor>> {
  const size = run.rows.end - run.rows.start + run.padding;
  for (const [name, { dims }] of Object.entries(results)) if (run.padding > 0 && dims[0] !== size && !shared.has(name)) throw notBatched(name, dims);
  return withoutPadding(results, run);
}

/**
 * Gradients of all parts: rows one after the other, or sums with weights. What all rows share has one gradient, the sum over them.
 *
 * @throws {XDeepError} BATCH_INVALID where there are several parts and their leading axis is not the batch
 */
export function joinGradients(parts: ReturnType<typeof pulledOf>, { wrt, weights }: VjpPlan, shared: ReadonlySet<string>): VjpResult["gradients"] {
  return Object.fromEntries(
    wrt.map((name) => {
      const results = parts.map(({ rows, gradients }) => ({ rows, result: gradients[name] as FloatTensor }));
      return [name, weights !== undefined || shared.has(name) ? sumTensors(results.map(({ result }) => result)) : joinRuns(name, results)];
    }),
  );
}
