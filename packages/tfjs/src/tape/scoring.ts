import { type FloatTensor, type ScoreResult, type Target, type Tensor, XDeepError } from "@xdeep/core";
import { type EngineRun, type ForwardPlan, type TargetEntries, checkScores, notBatched, resolveTargets, scoreEntries } from "@xdeep/core/backend";

import { download } from "../engine/transfer.ts";
import type { ForwardPass } from "./forward-pass.ts";

/** Scores of one run: what was explained, F, and the entries of each row, those that only fill a fixed batch included. */
export interface Scored {
  readonly target: readonly Target[];
  readonly scores: Float32Array;
  readonly entries: readonly TargetEntries[];
}

/**
 * Reads the scores of a run, choosing each row's argmax where no target is named.
 *
 * @throws {XDeepError} BATCH_INVALID where the rows of the output are not those of the call; TARGET_INVALID, TARGET_OUT_OF_RANGE, RESULT_NOT_FINITE
 */
export async function readScores(pass: ForwardPass, { output, targets }: ForwardPlan, { rows, padding }: EngineRun): Promise<Scored> {
  if (targets === undefined) return { target: [], scores: new Float32Array(), entries: [] };
  const dims = pass.outputs[output.name]!.shape;
  if ((dims[0] ?? 1) !== rows.end - rows.start + padding) throw notBatched(output.name, dims);
  const { data } = (await download(pass.scored.tensor)) as FloatTensor;
  const own = targets.slice(rows.start, rows.end);
  const asked = [...own, ...Array.from({ length: padding }, () => own.at(-1)!)];
  const resolved = resolveTargets({ name: output.name, dims, data }, asked as readonly Target[]);
  const scores = scoreEntries(data, resolved.entries).slice(0, own.length);
  checkScores(scores, output.name, rows.start);
  // Rows that only fill a fixed batch have no score, lest they count in the gradient of what all rows share.
  const entries = resolved.entries.map((entry, row) => (row < own.length ? entry : { indices: [], weights: [] }));
  return { target: resolved.targets.slice(0, own.length), scores, entries };
}

/** The scores of all runs of a call. */
export function joinScores(parts: readonly { readonly scored: Scored }[], { output, score }: ForwardPlan): ScoreResult {
  return {
    target: parts.flatMap(({ scored }) => scored.target),
    scores: Float32Array.from(parts.flatMap(({ scored }) => [...scored.scores])),
    output: output.name,
    score,
  };
}

/** @throws {XDeepError} INPUT_SHAPE when a cotangent does not have the dims that the output turned out to have */
export function checkCotangent(cotangent: Tensor, output: string, dims: readonly number[]): void {
  if (cotangent.dims.length === dims.length && cotangent.dims.every((size, axis) => size === dims[axis])) return;
  throw new XDeepError("INPUT_SHAPE", `The cotangent of output "${output}" must have its dims [${dims.join(", ")}], got [${cotangent.dims.join(", ")}].`, {
    details: { output, expected: dims, got: cotangent.dims },
  });
}
