import { checkOptionNames, checkSeed, createRandom, demandCount, demandOption } from "@xdeep/core/method";

import type { Metric } from "../metric.ts";
import { demandShare } from "../options.ts";
import { type RemovalBaseline, describeRemoval, removedEntries } from "../removal/baseline-entries.ts";
import { pearson } from "../statistics/correlation.ts";
import { type AttributionForm, formOf } from "../subject/attribution-form.ts";
import { groupEntries, sumByFeature } from "../subject/features.ts";
import { measureRows } from "../subject/measure-rows.ts";
import { movingInput } from "../subject/moving-input.ts";

export interface FaithfulnessCorrelationOptions {
  /** Share of the features in each subset. Default 0.2. */
  readonly subset?: number | undefined;
  /** Subsets per row. Default 100. */
  readonly samples?: number | undefined;
  /** Integer, 0 to 2³² − 1. Default 0. */
  readonly seed?: number | undefined;
  /** What stands where a subset was removed. Default 0. */
  readonly baseline?: RemovalBaseline | undefined;
  /** As `deletion` has it. Default "position". */
  readonly features?: "position" | "entry" | undefined;
  /** What A is: a sensitivity is multiplied by x − x′ first. Default: known by the method's name. */
  readonly form?: AttributionForm | undefined;
}

const OPTIONS: readonly string[] = ["subset", "samples", "seed", "baseline", "features", "form"] satisfies (keyof FaithfulnessCorrelationOptions)[];

/**
 * Faithfulness correlation: Pearson's correlation of Σ A over random subsets of one size with F(x) − F(x with the subset at the baseline). Higher is better, 1 at
 * most; null where either is the same for all subsets. A is a contribution.
 *
 * It assumes that contributions add up over subsets, which is true of networks without interaction between features alone.
 *
 * @throws {XDeepError} OPTION_INVALID; from `measure` also BASELINE_INVALID and the codes of `forward`
 * @see U. Bhatt, A. Weller, J. Moura (2020), Evaluating and Aggregating Feature-based Model Explanations, arXiv:2005.00631
 */
export function faithfulnessCorrelation(options: FaithfulnessCorrelationOptions = {}): Metric {
  const name = "faithfulness-correlation";
  checkOptionNames(name, options, OPTIONS);
  const { subset = 0.2, samples = 100, seed = 0, baseline = 0, features: kind = "position", form } = options;
  demandShare(name, "subset", subset);
  demandCount(name, "samples", samples, 2);
  demandOption(kind === "position" || kind === "entry", name, "features", kind, '"position" or "entry"');
  checkSeed(seed);
  return {
    name,
    better: "higher",
    parameters: { subset, samples, seed, baseline: describeRemoval(baseline), features: kind, ...(form === undefined ? {} : { form }) },
    async measure(explained, control) {
      const isContribution = formOf(name, explained.attribution.provenance.method, form) === "contribution";
      const moving = await movingInput(explained, name, control.signal);
      const features = groupEntries(moving.parts, kind);
      const size = Math.max(1, Math.round(subset * features.count));
      const removedOf = removedEntries(moving, baseline);
      const values = await measureRows(explained, moving, { ...control, points: samples + 1 }, async ({ row, x, a, scores }) => {
        const removed = removedOf(row);
        const shares = sumByFeature(features, isContribution ? a : a.map((value, i) => value * (x[i]! - removed[i]!)));
        const random = createRandom(seed);
        const order = Int32Array.from(shares.keys());
        const told = new Float64Array(samples);
        const found = await scores((k, entries) => {
          if (k === samples) return;
          const chosen = new Uint8Array(features.count);
          for (const feature of random.shuffle(order, size).subarray(0, size)) {
            chosen[feature] = 1;
            told[k] = told[k]! + shares[feature]!;
          }
          for (let i = 0; i < entries.length; i++) if (chosen[features.of[i]!] === 1) entries[i] = removed[i]!;
        });
        return pearson(
          told,
          found.subarray(0, samples).map((score) => found[samples]! - score),
        );
      });
      return { values };
    },
  };
}
