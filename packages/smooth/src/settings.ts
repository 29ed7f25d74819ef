import { checkOptionNames, checkSeed, demandOption } from "@xdeep/core/method";

import { countDraws, describeNoise } from "./explicit-noise.ts";
import type { NoiseOption } from "./explicit-noise.ts";

/** Draws per sample where nothing is asked: the paper finds little gain beyond 50. */
export const DEFAULT_DRAWS = 50;
/** std / (max − min) where nothing is asked: the paper's 10 to 20 %. */
export const DEFAULT_NOISE_LEVEL = 0.15;
/** The seed where none is given: the same call gives the same numbers. */
export const DEFAULT_SEED = 0;

const AGGREGATES = ["mean", "meanSquare", "variance"] as const;

/** What is made of the n gradients g: their mean, the mean of g² (SmoothGrad squared), or their variance over n (VarGrad). */
export type Aggregate = (typeof AGGREGATES)[number];

/** How the noise is made and what becomes of the gradients. At most one of `noiseLevel`, `sigmaMultiplier`, `std` and `noise`. */
export interface SmoothOptions {
  /** Draws per sample. Default 50, or as many as `noise` holds. */
  readonly n?: number | undefined;
  /** Mean of the noise, in units of the input. Default 0. */
  readonly mean?: number | undefined;
  /** std / (max − min), with the range of each sample and input. Default 0.15. */
  readonly noiseLevel?: number | undefined;
  /** xdeep's parameter: std = (sigmaMultiplier / (max − min))². */
  readonly sigmaMultiplier?: number | undefined;
  /** Standard deviation in units of the input, the same for every sample. */
  readonly std?: number | undefined;
  /** The noise itself, [n, … dims of one sample], used for every row; by input name where several inputs get noise. */
  readonly noise?: NoiseOption | undefined;
  /** Integer, 0 to 2³² − 1. Equal seeds give equal noise on every backend and platform. Default 0. */
  readonly seed?: number | undefined;
  /** Default "mean". */
  readonly aggregate?: Aggregate | undefined;
}

export const SMOOTH_OPTIONS: readonly string[] = [
  "n",
  "mean",
  "noiseLevel",
  "sigmaMultiplier",
  "std",
  "noise",
  "seed",
  "aggregate",
] satisfies (keyof SmoothOptions)[];

/** How the standard deviation follows from the range of a sample. */
export type Spread = { readonly noiseLevel: number } | { readonly sigmaMultiplier: number } | { readonly std: number };

/** Noise that is drawn, or noise that was given. */
export type NoiseSettings = { readonly mean: number; readonly spread: Spread; readonly seed: number } | { readonly noise: NoiseOption };

export interface SmoothSettings {
  readonly n: number;
  readonly aggregate: Aggregate;
  readonly noise: NoiseSettings;
}

/** @throws {XDeepError} OPTION_INVALID; NOISE_INVALID when `noise` cannot be read or holds another number of draws than `n` */
export function resolveSettings(options: SmoothOptions): SmoothSettings {
  checkOptionNames("smooth", options, SMOOTH_OPTIONS);
  const { aggregate = "mean", noise } = options;
  demand(AGGREGATES.includes(aggregate), "aggregate", aggregate, `one of ${AGGREGATES.join(", ")}`);
  if (options.n !== undefined) demand(Number.isInteger(options.n) && options.n >= 1, "n", options.n, "an integer of at least 1");
  if (noise === undefined) return { n: options.n ?? DEFAULT_DRAWS, aggregate, noise: resolveDrawn(options) };
  for (const name of ["mean", "noiseLevel", "sigmaMultiplier", "std", "seed"] as const) {
    demand(options[name] === undefined, name, options[name], "left out where `noise` is given");
  }
  return { n: countDraws(noise, options.n), aggregate, noise: { noise } };
}

/** The settings as plain data for the provenance. */
export function describeSettings({ n, aggregate, noise }: SmoothSettings): Readonly<Record<string, unknown>> {
  if ("noise" in noise) return { n, aggregate, noise: describeNoise(noise.noise) };
  return { n, aggregate, mean: noise.mean, ...noise.spread, seed: noise.seed };
}

function resolveDrawn({ mean = 0, seed = DEFAULT_SEED, noiseLevel, sigmaMultiplier, std }: SmoothOptions): NoiseSettings {
  checkSeed(seed);
  demand(Number.isFinite(mean), "mean", mean, "a finite number");
  const given = Object.entries({ noiseLevel, sigmaMultiplier, std }).filter(([, value]) => value !== undefined);
  demand(given.length <= 1, given.map(([name]) => name).join(" and "), given.map(([, value]) => value).join(" and "), "one option alone");
  for (const [name, value] of given) demand(Number.isFinite(value) && value! >= 0, name, value, "a finite number, 0 or above");
  if (std !== undefined) return { mean, seed, spread: { std } };
  if (sigmaMultiplier !== undefined) return { mean, seed, spread: { sigmaMultiplier } };
  return { mean, seed, spread: { noiseLevel: noiseLevel ?? DEFAULT_NOISE_LEVEL } };
}

function demand(holds: boolean, option: string, got: unknown, expected: string): void {
  demandOption(holds, "smooth", option, got, expected);
}
