import type { Score } from "@xdeep/core";
import { checkOptionNames, demandCount, demandOption, plainScoreNotes } from "@xdeep/core/method";

import type { Better, Curve, Explained, MeasureOptions, Measured, Metric } from "../metric.ts";
import { type FeatureKind, groupEntries, sumByFeature } from "../subject/features.ts";
import { measureRows } from "../subject/measure-rows.ts";
import { movingInput } from "../subject/moving-input.ts";
import { type RemovalBaseline, describeRemoval, removedEntries } from "./baseline-entries.ts";
import { areaUnder, evenCuts, onUnitScale, ranksOf, removalCurve } from "./removal-curve.ts";

export interface RemovalOptions {
  /** What stands where something was removed: a number, a tensor, "mean" or "blur". Default 0. */
  readonly baseline?: RemovalBaseline | undefined;
  /** Points of the curve besides its first; at most as many as there are features. Default 50. */
  readonly steps?: number | undefined;
  /** What is removed at once: "position", the pixels of a picture and the tokens of a sequence; or "entry". Default "position"; entries where there are no positions. */
  readonly features?: Extract<FeatureKind, string> | undefined;
  /** Rank by |A|, where the sign says nothing of importance. Default false: what speaks against the score comes last. */
  readonly absolute?: boolean | undefined;
  /** Default: the score that was explained. "probability" makes curves of several inputs alike where the model has one. */
  readonly score?: Score | undefined;
  /** Curves from F at the baseline (0) to F at the input (1), so that inputs of different scores count alike. Default false. */
  readonly normalize?: boolean | undefined;
}

export const REMOVAL_OPTIONS: readonly string[] = ["baseline", "steps", "features", "absolute", "score", "normalize"] satisfies (keyof RemovalOptions)[];

/**
 * Deletion: the mean score while the features of the highest attribution are removed, highest first. Lower is better: what an explanation calls important
 * takes the score down when it is gone.
 *
 * It assumes that a removed feature is a missing one: the network meets inputs that it was never trained on, and the score may fall for their
 * strangeness. Look at more than one baseline.
 *
 * @throws {XDeepError} OPTION_INVALID; from `measure` also BASELINE_INVALID and the codes of `forward`
 * @see V. Petsiuk, A. Das, K. Saenko (2018), RISE, arXiv:1806.07421
 */
export function deletion(options: RemovalOptions = {}): Metric {
  return removal("deletion", "lower", options);
}

/**
 * Insertion: the mean score while the features of the highest attribution return to an input of which all is removed, highest first. Higher is better. It
 * assumes what deletion does; with "blur" the first pixels to return do not make edges of their own.
 *
 * @throws {XDeepError} as `deletion`
 * @see V. Petsiuk, A. Das, K. Saenko (2018), RISE, arXiv:1806.07421
 */
export function insertion(options: RemovalOptions = {}): Metric {
  return removal("insertion", "higher", options);
}

function removal(name: "deletion" | "insertion", better: Better, options: RemovalOptions): Metric {
  checkOptionNames(name, options, REMOVAL_OPTIONS);
  const { baseline = 0, steps = 50, features = "position", absolute = false, normalize = false, score } = options;
  demandCount(name, "steps", steps);
  demandOption(features === "position" || features === "entry", name, "features", features, '"position" or "entry"');
  const parameters = { baseline: describeRemoval(baseline), steps, features, absolute, normalize, ...(score === undefined ? {} : { score }) };
  return {
    name,
    better,
    parameters,
    measure: (explained, control) => followCurves(explained, control, { name, baseline, steps, features, absolute, normalize, score }),
  };
}

interface CurveSettings {
  readonly name: string;
  readonly baseline: RemovalBaseline;
  readonly steps: number;
  readonly absolute: boolean;
  readonly normalize: boolean;
  readonly features: FeatureKind;
  readonly score: Score | undefined;
  /** Features that are removed at most. Default: all. */
  readonly last?: number | undefined;
}

/** The curve of every row, and the area under it. Insertion is the curve that begins where everything is removed. */
export async function followCurves(explained: Explained, control: MeasureOptions, settings: CurveSettings): Promise<Measured> {
  const { name, baseline, steps, absolute, normalize, score } = settings;
  const moving = await movingInput(explained, name, control.signal);
  const features = groupEntries(moving.parts, settings.features);
  const removedOf = removedEntries(moving, baseline);
  const cuts = evenCuts(Math.min(features.count, settings.last ?? Infinity), steps);
  // The last point tells F where everything has changed, which a curve that ends before does not reach.
  const asked = normalize && cuts.at(-1)! < features.count ? [...cuts, features.count] : cuts;
  const curves = await measureRows(explained, moving, { ...control, points: asked.length, score }, async (row): Promise<Curve | null> => {
    const removed = removedOf(row.row);
    const ends = name === "insertion" ? { from: removed, to: row.x } : { from: row.x, to: removed };
    const pooled = sumByFeature(features, row.a);
    const whole = await removalCurve(row, ends, ranksOf(absolute ? pooled.map(Math.abs) : pooled), features, asked);
    const curve = { x: whole.x.slice(0, cuts.length), y: whole.y.slice(0, cuts.length) };
    if (!normalize) return curve;
    const [first, last] = [whole.y[0]!, whole.y.at(-1)!];
    return name === "insertion" ? onUnitScale(curve, first, last) : onUnitScale(curve, last, first);
  });
  const notes = [
    ...plainScoreNotes(moving.model, { output: explained.request.output!, score: score ?? "logit" }),
    ...(curves.includes(null) ? ["The score at the baseline is that at the input: there is no scale to put the curve on."] : []),
  ];
  return {
    values: curves.map((curve) => (curve === null ? null : areaUnder(curve))),
    curves: curves.map((curve) => curve ?? { x: [], y: [] }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}
