import type { Model, Score } from "@xdeep/core";
import type { BaselineOption } from "@xdeep/integrated";
import {
  type Metric,
  type RandomizedModels,
  type RemovalBaseline,
  completeness,
  complexity,
  deletion,
  efficientMprt,
  faithfulnessCorrelation,
  infidelity,
  insertion,
  maxSensitivity,
  mprt,
  pixelFlipping,
  pointingGame,
  relevanceMass,
  relevanceRank,
  smoothMprt,
  sparseness,
} from "@xdeep/metrics";

import { didYouMean } from "../did-you-mean.ts";
import type { InputPlan } from "../inputs/prepare-input.ts";
import { UsageError } from "../usage-error.ts";

/** What a metric is made with. */
export interface MetricSettings {
  /** Of curves over removals. */
  readonly score: Score | undefined;
  /** Shorter side of the pictures that the model sees; null where inputs are no pictures. */
  readonly side: number | null;
  readonly seed: number | undefined;
  /** That of the methods. */
  readonly baseline: BaselineOption | undefined;
  /** The model with permuted weights, for metrics that take it. */
  readonly randomized?: RandomizedModels | undefined;
}

/** Share of the picture's side by which a map is blurred before it points. */
const POINTING_BLUR = 0.02;

interface MetricWord {
  readonly meaning: string;
  /** What follows ":". */
  readonly argument?: "baseline" | "patch" | "masks";
  /** Forward runs of the model for one explanation of one input. Null for metrics that take more than the explanation and the model. */
  readonly runs: string | null;
  readonly create: (settings: MetricSettings, argument: string | undefined) => Metric;
}

/** What a user can name, with one line on what it means. */
export const METRIC_WORDS: Readonly<Record<string, MetricWord>> = {
  deletion: {
    runs: "51",
    meaning: "mean score while the pixels that a method finds important are removed; :mean, :blur or a number, what stands in their place (default: 0)",
    argument: "baseline",
    create: ({ score }, argument) => deletion({ score, baseline: baselineOf(argument) }),
  },
  insertion: {
    runs: "51",
    meaning: "mean score while they return to nothing; likewise",
    argument: "baseline",
    create: ({ score }, argument) => insertion({ score, baseline: baselineOf(argument) }),
  },
  "pixel-flipping": {
    runs: "some 200",
    meaning: "deletion patch by patch; :8, the side of a patch in pixels (default: 14 x 14 patches)",
    argument: "patch",
    create: ({ score }, argument) => pixelFlipping({ score, patch: argument === undefined ? undefined : Number(argument) }),
  },
  infidelity: {
    runs: "101",
    meaning: "how wrong the scores are that the method foretells under noise, its scale fitted",
    create: ({ seed }) => infidelity({ seed, normalize: true }),
  },
  "faithfulness-correlation": {
    runs: "101",
    meaning: "correlation of attributed with true losses when random fifths of the input go",
    create: ({ seed }) => faithfulnessCorrelation({ seed }),
  },
  completeness: { runs: "2", meaning: "share by which attributions miss F(x) - F(baseline)", create: ({ baseline }) => completeness({ baseline }) },
  "max-sensitivity": { runs: null, meaning: "largest relative change of the explanation close to the input", create: ({ seed }) => maxSensitivity({ seed }) },
  sparseness: { runs: "0", meaning: "Gini index: 0 all pixels alike, 1 a single one", create: ({ side }) => sparseness(counted(side)) },
  complexity: { runs: "0", meaning: "entropy of the map: 0 a single pixel", create: ({ side }) => complexity(counted(side)) },
  pointing: {
    runs: null,
    meaning: "is the map's maximum on the object? :FOLDER of masks, NAME.png or NAME.npy for each input",
    argument: "masks",
    create: ({ side }) => pointingGame({ blur: side === null ? 0 : POINTING_BLUR * side }),
  },
  mass: { runs: null, meaning: "share of the map's positive part on the object; :FOLDER of masks", argument: "masks", create: () => relevanceMass() },
  rank: { runs: null, meaning: "share of the highest pixels on the object, as many as it has; :FOLDER", argument: "masks", create: () => relevanceRank() },
  mprt: {
    runs: null,
    meaning: "likeness after weights are permuted, from the output down: 1 ignores the network",
    create: ({ randomized }) => mprt(randomized!),
  },
  "smooth-mprt": { runs: null, meaning: "the same of explanations averaged over noise", create: ({ randomized }) => smoothMprt(randomized!, { samples: 10 }) },
  "efficient-mprt": {
    runs: null,
    meaning: "how much less simple explanations of the permuted network are",
    create: ({ randomized }) => efficientMprt(randomized!),
  },
};

/** Those of explanations that are there. */
export const MEASURE_WORDS: Readonly<Record<string, MetricWord>> = Object.fromEntries(Object.entries(METRIC_WORDS).filter(([, { runs }]) => runs !== null));

/** A metric as it was named: "deletion:blur", "pointing:masks/". */
export interface NamedMetric {
  readonly name: string;
  readonly word: MetricWord;
  readonly argument: string | undefined;
}

/**
 * Metrics by name.
 *
 * @throws {UsageError} for a name that is no metric, and for an argument that does not fit
 */
export function resolveMetrics(names: readonly string[]): readonly NamedMetric[] {
  return [...new Set(names)].map((name) => {
    const at = name.indexOf(":");
    const [word, argument] = at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
    const found = Object.hasOwn(METRIC_WORDS, word) ? METRIC_WORDS[word] : undefined;
    if (found === undefined) throw unknownMetric(word);
    checkArgument(word, found, argument);
    return { name, word: found, argument };
  });
}

function unknownMetric(word: string): UsageError {
  const words = Object.keys(METRIC_WORDS);
  return new UsageError(`There is no metric "${word}".${didYouMean(word, words)} Metrics are ${words.join(", ")}.`);
}

/**
 * Metrics of explanations that are there: those that take nothing but the model besides.
 *
 * @throws {UsageError} as `resolveMetrics`, and for the others
 */
export function resolveMeasures(names: readonly string[]): readonly NamedMetric[] {
  const metrics = resolveMetrics(names);
  const other = metrics.find(({ word }) => word.runs === null);
  if (other === undefined) return metrics;
  throw new UsageError(
    `--metric ${other.name} takes masks, explains again or changes the model: xdeep evaluate does. Here are ${Object.keys(MEASURE_WORDS).join(", ")}.`,
  );
}

/** Metrics, made for a model: curves follow probabilities where the output has them, so that pictures of high and low logits count alike. */
export function createMetrics(
  metrics: readonly NamedMetric[],
  { model, output, plan, score, ...settings }: Omit<MetricSettings, "side"> & { readonly model: Model; readonly output: string; readonly plan: InputPlan },
): Readonly<Record<string, Metric>> {
  const activation = model.outputs.find(({ name }) => name === output)?.activation;
  const size = plan.pictures?.plan.preprocessing.size;
  const made: MetricSettings = {
    ...settings,
    score: score ?? (activation === "softmax" || activation === "sigmoid" ? "probability" : undefined),
    side: size === undefined ? null : Math.min(size.width ?? Infinity, size.height ?? Infinity),
  };
  return Object.fromEntries(metrics.map(({ name, word, argument }) => [name, word.create(made, argument)]));
}

/**
 * The folder of masks that metrics name; null where none needs any.
 *
 * @throws {UsageError} where they name several: an input has one mask
 */
export function maskFolder(metrics: readonly NamedMetric[]): string | null {
  const folders = [...new Set(metrics.flatMap(({ word, argument }) => (word.argument === "masks" ? [argument!] : [])))];
  if (folders.length > 1) throw new UsageError(`--metric names several folders of masks: ${folders.join(", ")}. Evaluate them one after the other.`);
  return folders[0] ?? null;
}

function checkArgument(word: string, { argument: kind }: MetricWord, argument: string | undefined): void {
  const usage = (expected: string): UsageError => new UsageError(`--metric ${word}${argument === undefined ? "" : `:${argument}`}: ${expected}.`);
  if (kind === "masks" && (argument === undefined || argument === "")) throw usage(`it needs a folder of masks, as in ${word}:masks/`);
  if (argument === undefined) return;
  if (kind === undefined) throw usage("nothing follows this metric");
  if (kind === "patch" && !/^[1-9]\d*$/.test(argument)) throw usage("the side of a patch is an integer, 1 or above");
  if (kind === "baseline" && argument !== "mean" && argument !== "blur" && !isNumber(argument))
    throw usage("what stands in place of pixels is mean, blur or a number");
}

function baselineOf(argument: string | undefined): RemovalBaseline | undefined {
  return argument === undefined || argument === "mean" || argument === "blur" ? argument : Number(argument);
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/** Pixels, so that maps of all sizes are alike. */
function counted(side: number | null): { readonly features: "position" | "entry" } {
  return { features: side === null ? "entry" : "position" };
}
