import { type FloatTensor, type Score, type ScoreResult, type Target, type TargetOption, XDeepError, float32, gatherScores, resolveTargets } from "@xdeep/core";

import type { ForwardPass } from "./forward-pass.ts";
import { download } from "../engine/transfer.ts";

/** Which output is scored, and how. */
export interface ScorePlan {
  readonly output: string;
  readonly score: Score;
  /** One per row of the chunk; undefined where a cotangent takes the place of a target. */
  readonly targets: readonly (Target | null)[] | undefined;
}

/** Scores of one run: what was explained, F, and the index of the explained entry in each row. */
export interface Scored {
  readonly target: readonly Target[];
  readonly scores: Float32Array;
  readonly indices: Int32Array;
}

/**
 * Reads the scores of a run, choosing each row's argmax where no target is named.
 *
 * @throws {XDeepError} TARGET_INVALID, TARGET_OUT_OF_RANGE, RESULT_NOT_FINITE
 */
export async function readScores(pass: ForwardPass, { output, score, targets }: ScorePlan): Promise<Scored> {
  if (targets === undefined) return { target: [], scores: new Float32Array(), indices: new Int32Array() };
  const { data } = (await download(pass.scored(output, score).tensor)) as FloatTensor;
  const dims = pass.outputs[output]!.shape;
  const resolved = resolveTargets({ name: output, dims, data }, targets as TargetOption);
  const scores = gatherScores(data, resolved.indices);
  checkFinite(scores, output);
  return { target: resolved.targets, scores, indices: resolved.indices };
}

function checkFinite(scores: Float32Array, output: string): void {
  const row = scores.findIndex((score) => !Number.isFinite(score));
  if (row === -1) return;
  throw new XDeepError(
    "RESULT_NOT_FINITE",
    `The score of output "${output}" is ${scores[row]} in row ${row}. Check that the input is scaled as the model expects.`,
    { details: { output, row } },
  );
}

/** The scores of all runs of a call. */
export function joinScores(parts: readonly Scored[], { output, score }: Pick<ScorePlan, "output" | "score">): ScoreResult {
  return { target: parts.flatMap(({ target }) => target), scores: Float32Array.from(parts.flatMap(({ scores }) => [...scores])), output, score };
}

/** The cotangent of one entry per row. */
export function oneHot(dims: readonly number[], indices: Int32Array): FloatTensor {
  const cotangent = float32(dims);
  const rowSize = cotangent.data.length / indices.length;
  indices.forEach((index, row) => (cotangent.data[row * rowSize + index] = 1));
  return cotangent;
}

/** @throws {XDeepError} INPUT_SHAPE when a cotangent does not have the dims that the output turned out to have */
export function checkCotangent(cotangent: FloatTensor, output: string, dims: readonly number[]): void {
  if (cotangent.dims.length === dims.length && cotangent.dims.every((size, axis) => size === dims[axis])) return;
  throw new XDeepError("INPUT_SHAPE", `The cotangent of output "${output}" must have its dims [${dims.join(", ")}], got [${cotangent.dims.join(", ")}].`, {
    details: { output, expected: dims, got: cotangent.dims },
  });
}
