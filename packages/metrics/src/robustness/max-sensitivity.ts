import { betweenRuns, checkOptionNames, checkSeed, concatRows, createRandom, demandCount, demandOption } from "@xdeep/core/method";
import { type Tensor, isTensor } from "@xdeep/core";

import type { Metric } from "../metric.ts";
import { needed } from "../options.ts";
import { explainerFor } from "../subject/explained.ts";
import { floatInputs } from "../subject/moving-input.ts";
import { rangeOf } from "../subject/range.ts";
import { rowsOf, valuesByName } from "../subject/row-values.ts";

export interface MaxSensitivityOptions {
  /** r: the largest change of an entry, by the range max − min of the row's entries. Default 0.02. */
  readonly radius?: number | undefined;
  /** Points in the box of that radius, per row. Default 10. */
  readonly samples?: number | undefined;
  /** Integer, 0 to 2³² − 1. Default 0. */
  readonly seed?: number | undefined;
}

const OPTIONS: readonly string[] = ["radius", "samples", "seed"] satisfies (keyof MaxSensitivityOptions)[];

/**
 * Max-sensitivity: the largest ‖A(x + δ) − A(x)‖ / ‖A(x)‖ over points with ‖δ‖∞ ≤ r, the target fixed at x. Lower is better; 0 where A(x) and every A(x + δ) are
 * zero, null where A(x) alone is. The paper does not divide.
 *
 * It assumes that the network itself changes little within r. A maximum over few random points is a lower bound, and a method that ignores the input has 0.
 *
 * @throws {XDeepError} OPTION_INVALID, also from `measure` without `method`; NOISE_INVALID for a row without range, and the codes of the method
 * @see C.-K. Yeh et al. (2019), On the (In)fidelity and Sensitivity of Explanations, arXiv:1901.09392, definition 3.1
 */
export function maxSensitivity(options: MaxSensitivityOptions = {}): Metric {
  const name = "max-sensitivity";
  checkOptionNames(name, options, OPTIONS);
  const { radius = 0.02, samples = 10, seed = 0 } = options;
  demandOption(Number.isFinite(radius) && radius > 0, name, "radius", radius, "a number above 0");
  demandCount(name, "samples", samples);
  checkSeed(seed);
  return {
    name,
    better: "lower",
    parameters: { radius, samples, seed },
    async measure(explained, { signal, onProgress }) {
      const moving = floatInputs(explained, name);
      const explainer = explainerFor(needed(name, "method", explained.method, "it explains again, close to the input"), moving.model);
      const own = rowsOf(explained.values, explained.rows);
      const reach = own.map((_, row) => radius * rangeOf(moving.at(row), `Row ${row}`));
      const random = createRandom(seed);
      const largest = own.map(() => 0);
      for (let sample = 0; sample < samples; sample++) {
        if (sample > 0) await betweenRuns(signal);
        // All rows get the same direction: row n of a batch is row n alone.
        const direction = new Float64Array(moving.size).map(() => 2 * random.uniform() - 1);
        const rows = reach.map((size, row) =>
          moving.feedsOf(row, 1, (_, entries) => {
            for (let i = 0; i < entries.length; i++) entries[i] = entries[i]! + size * direction[i]!;
          }),
        );
        const feeds = joinFeeds(rows, new Set(moving.parts.map((part) => part.name)), explained.feeds!.feeds);
        const input = isTensor(explained.input) ? Object.values(feeds)[0]! : feeds;
        const changed = rowsOf(valuesByName(await explainer.explain(input, { ...explained.request, signal })), explained.rows);
        for (const [row, values] of own.entries()) largest[row] = Math.max(largest[row]!, distance(values, changed[row]!));
        onProgress?.({ done: sample + 1, total: samples });
      }
      return {
        values: own.map((values, row) => {
          const size = distance(values, new Float64Array(values.length));
          return size === 0 ? (largest[row] === 0 ? 0 : null) : largest[row]! / size;
        }),
      };
    },
  };
}

/** The rows one below the other; what does not move is as it was given. */
function joinFeeds(
  rows: readonly Readonly<Record<string, Tensor>>[],
  moving: ReadonlySet<string>,
  given: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, moving.has(name) ? concatRows(rows.map((feeds) => feeds[name]!)) : tensor]));
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares);
}
