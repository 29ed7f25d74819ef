import { batchSize, betweenRuns, scoreRows, splitRows } from "@xdeep/core/method";
import type { Score } from "@xdeep/core";

import type { Explained, MeasureOptions } from "../metric.ts";
import type { MovingInput } from "./moving-input.ts";

/** One row, as measures that run the model see it. */
export interface MeasuredRow {
  readonly row: number;
  /** The entries of the input that were attributed to. */
  readonly x: Float64Array;
  /** The attribution to each of them. */
  readonly a: Float64Array;
  /** F at points of this row; `write` makes the k-th of them of the row's own entries. */
  scores(write: (k: number, entries: Float64Array) => void): Promise<Float64Array>;
}

export interface MeasureRowsOptions extends MeasureOptions {
  /** Points at which F is asked for, per row. */
  readonly points: number;
  /** Default: the score that was explained. */
  readonly score?: Score | undefined;
}

/** Calls `body` for one row after the other. F is asked for in runs as large as the backend wants them. */
export async function measureRows<R>(
  explained: Explained,
  moving: MovingInput,
  { points, score, signal, onProgress }: MeasureRowsOptions,
  body: (row: MeasuredRow) => Promise<R>,
): Promise<readonly R[]> {
  const { model, rows } = moving;
  const { request } = explained;
  const chunks = splitRows(points, batchSize(model.capabilities));
  const total = chunks.length * rows;
  let done = 0;

  async function scoresOf(row: number, write: (k: number, entries: Float64Array) => void): Promise<Float64Array> {
    const target = Array.isArray(request.target) ? request.target[row]! : request.target!;
    const asked = { output: request.output, score: score ?? request.score, target, signal };
    const found = new Float64Array(points);
    for (const { start, end } of chunks) {
      await betweenRuns(signal);
      const feeds = moving.feedsOf(row, end - start, (k, entries) => write(start + k, entries));
      const { scores } = await scoreRows(model, { feeds, rows: end - start }, asked);
      found.set(scores, start);
      onProgress?.({ done: ++done, total });
    }
    return found;
  }

  const results: R[] = [];
  for (let row = 0; row < rows; row++) {
    results.push(
      await body({
        row,
        x: moving.at(row),
        get a() {
          return moving.attributionOf(row);
        },
        scores: (write) => scoresOf(row, write),
      }),
    );
  }
  return results;
}
