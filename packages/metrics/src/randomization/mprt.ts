import { checkOptionNames, demandCount, demandOption } from "@xdeep/core/method";
import type { Explainer } from "@xdeep/core";
import { smooth } from "@xdeep/smooth";

import type { Explained, MeasureOptions, Measured, Metric } from "../metric.ts";
import { pearson, spearman } from "../statistics/correlation.ts";
import { rowsOf } from "../subject/row-values.ts";
import { explainRandomized } from "./explain-randomized.ts";
import type { RandomizedModels } from "./randomized-models.ts";

export interface MprtOptions {
  /** What is compared: the order of the entries, or their values. Default "spearman". */
  readonly similarity?: "spearman" | "pearson" | undefined;
  /** Compare |A|, which a change of sign leaves alike. Default false. */
  readonly absolute?: boolean | undefined;
}

export interface SmoothMprtOptions extends MprtOptions {
  /** Noisy copies of which A is the mean. Default 50. */
  readonly samples?: number | undefined;
  /** Standard deviation of the noise, by the range of the input. Default 0.15. */
  readonly noiseLevel?: number | undefined;
}

const OPTIONS = ["similarity", "absolute"] as const satisfies readonly (keyof MprtOptions)[];
const SMOOTH_OPTIONS = [...OPTIONS, "samples", "noiseLevel"] as const satisfies readonly (keyof SmoothMprtOptions)[];

/**
 * Model parameter randomisation test: the similarity of A before and after weights are permuted, cascading from the output down, averaged over the stages; the
 * target stays. Lower is better: 1 is a method that does not look at the weights. Two attributions that are equal have 1, one that is constant beside one that
 * is not has 0.
 *
 * It assumes that a good explanation of another network looks otherwise. It cannot tell a good method from noise, and it is nothing to rank methods by: similar
 * pictures may come from what permuted layers keep, such as the edges of the input.
 *
 * @throws {XDeepError} OPTION_INVALID, also from `measure` unless `method` is a function of the model; and the codes of loading and of the method
 * @see J. Adebayo et al. (2018), Sanity Checks for Saliency Maps, arXiv:1810.03292
 */
export function mprt(models: RandomizedModels, options: MprtOptions = {}): Metric {
  checkOptionNames("mprt", options, OPTIONS);
  return cascade("mprt", models, options, {});
}

/**
 * Smooth MPRT: the same of attributions averaged over noisy inputs, whose similarity is less a matter of their own noise.
 *
 * @throws {XDeepError} as `mprt`; NOISE_INVALID for a row without range
 * @see A. Hedström et al. (2024), A Fresh Look at Sanity Checks for Saliency Maps, arXiv:2405.02383
 */
export function smoothMprt(models: RandomizedModels, options: SmoothMprtOptions = {}): Metric {
  checkOptionNames("smoothMprt", options, SMOOTH_OPTIONS);
  const { samples = 50, noiseLevel = 0.15, ...rest } = options;
  demandCount("smooth-mprt", "samples", samples);
  const noise = { n: samples, noiseLevel, seed: models.seed };
  return cascade("smooth-mprt", models, rest, { samples, noiseLevel }, (explainer) => smooth(explainer, noise));
}

function cascade(
  name: string,
  models: RandomizedModels,
  { similarity = "spearman", absolute = false }: MprtOptions,
  parameters: Readonly<Record<string, unknown>>,
  wrap?: (explainer: Explainer) => Explainer,
): Metric {
  demandOption(similarity === "spearman" || similarity === "pearson", name, "similarity", similarity, '"spearman" or "pearson"');
  const { stages, seed } = models;
  const like = (a: Float64Array, b: Float64Array): number =>
    likeness(similarity === "spearman" ? spearman : pearson, absolute ? a.map(Math.abs) : a, absolute ? b.map(Math.abs) : b);
  return {
    name,
    better: "lower",
    parameters: { stages, seed, similarity, absolute, ...parameters },
    measure: (explained, control) => measureCascade(explained, control, { name, models, like, wrap }),
  };
}

interface Cascade {
  readonly name: string;
  readonly models: RandomizedModels;
  readonly like: (a: Float64Array, b: Float64Array) => number;
  readonly wrap: ((explainer: Explainer) => Explainer) | undefined;
}

async function measureCascade(explained: Explained, control: MeasureOptions, { name, models, like, wrap }: Cascade): Promise<Measured> {
  const { signal, onProgress } = control;
  const { stages } = models;
  const total = stages + (wrap === undefined ? 0 : 1);
  const before =
    wrap === undefined || explained.model === undefined
      ? rowsOf(explained.values, explained.rows)
      : await explainRandomized(explained, name, explained.model, control, wrap);
  if (wrap !== undefined) onProgress?.({ done: 1, total });
  const shares = [0];
  const similar = before.map(() => [1]);
  for (let stage = 1; stage <= stages; stage++) {
    signal?.throwIfAborted();
    const after = await explainRandomized(explained, name, await models.at(stage), control, wrap);
    shares.push(stage / stages);
    for (const [row, values] of before.entries()) similar[row]!.push(like(values, after[row]!));
    onProgress?.({ done: total - stages + stage, total });
  }
  return {
    values: similar.map(([, ...randomized]) => randomized.reduce((sum, value) => sum + value, 0) / stages),
    curves: similar.map((y) => ({ x: shares, y })),
  };
}

function likeness(correlation: typeof pearson, a: Float64Array, b: Float64Array): number {
  return a.every((value, i) => value === b[i]) ? 1 : (correlation(a, b) ?? 0);
}
