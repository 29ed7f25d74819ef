import { checkOptionNames, checkSeed, createNoise, createRandom, demandCount, demandOption } from "@xdeep/core/method";

import type { Metric } from "../metric.ts";
import { describeRemoval, removedEntries } from "../removal/baseline-entries.ts";
import type { RemovalBaseline } from "../removal/baseline-entries.ts";
import { type AttributionForm, formOf } from "../subject/attribution-form.ts";
import { defaultPatch, groupEntries } from "../subject/features.ts";
import { measureRows } from "../subject/measure-rows.ts";
import { movingInput } from "../subject/moving-input.ts";
import { rangeOf } from "../subject/range.ts";

export interface InfidelityOptions {
  /** What I is: "noise", normal in every entry; or "patch", x − x′ in one patch of pixels (one entry where there is no picture) and 0 elsewhere. Default "noise". */
  readonly perturbation?: "noise" | "patch" | undefined;
  /** "noise": its standard deviation by the range max − min of the row's entries. Default 0.2. */
  readonly noiseLevel?: number | undefined;
  /** "patch": the side. Default: about 14 × 14 patches. */
  readonly patch?: number | undefined;
  /** Perturbations per row. Default 100. */
  readonly samples?: number | undefined;
  /** Integer, 0 to 2³² − 1. Default 0. */
  readonly seed?: number | undefined;
  /** x′ of contributions, and of patches. Default 0. */
  readonly baseline?: RemovalBaseline | undefined;
  /** Scale A to fit the differences best first, so that a map without units can be measured. Default false. */
  readonly normalize?: boolean | undefined;
  /** What A is. Default: known by the method's name. */
  readonly form?: AttributionForm | undefined;
}

const OPTIONS: readonly string[] = [
  "perturbation",
  "noiseLevel",
  "patch",
  "samples",
  "seed",
  "baseline",
  "normalize",
  "form",
] satisfies (keyof InfidelityOptions)[];

/**
 * Infidelity: E[(Iᵀ A − (F(x) − F(x − I)))²] over perturbations I, in squared units of the score. Lower is better. A is a sensitivity; where it is a
 * contribution, I / (x − x′) stands for I, 0 where x = x′. With `normalize`, A is first multiplied by β = E[Iᵀ A ΔF] / E[(Iᵀ A)²], 0 where Iᵀ A always is.
 *
 * It assumes that the perturbations are changes worth explaining, and that one linear form can tell of all of them: large noise asks for more than a
 * gradient can say.
 *
 * @throws {XDeepError} OPTION_INVALID; from `measure` also NOISE_INVALID for a row without range, BASELINE_INVALID and the codes of `forward`
 * @see C.-K. Yeh et al. (2019), On the (In)fidelity and Sensitivity of Explanations, arXiv:1901.09392, definition 2.1
 */
export function infidelity(options: InfidelityOptions = {}): Metric {
  const name = "infidelity";
  checkOptionNames(name, options, OPTIONS);
  const { perturbation = "noise", noiseLevel = 0.2, patch, samples = 100, seed = 0, baseline = 0, normalize = false, form } = options;
  demandOption(perturbation === "noise" || perturbation === "patch", name, "perturbation", perturbation, '"noise" or "patch"');
  demandOption(Number.isFinite(noiseLevel) && noiseLevel > 0, name, "noiseLevel", noiseLevel, "a number above 0");
  if (patch !== undefined) demandCount(name, "patch", patch);
  demandCount(name, "samples", samples);
  checkSeed(seed);
  const described = { baseline: describeRemoval(baseline), normalize, ...(form === undefined ? {} : { form }) };
  const kind = perturbation === "noise" ? { perturbation, noiseLevel } : { perturbation, patch: patch ?? null };
  return {
    name,
    better: "lower",
    parameters: { ...kind, samples, seed, ...described },
    async measure(explained, control) {
      const isContribution = formOf(name, explained.attribution.provenance.method, form) === "contribution";
      const moving = await movingInput(explained, name, control.signal);
      const features = groupEntries(moving.parts, patch ?? defaultPatch(moving.parts));
      const removedOf = removedEntries(moving, baseline);
      // All rows get the same draws, each by its own range: row n of a batch is row n alone.
      const values = await measureRows(explained, moving, { ...control, points: samples + 1 }, async ({ row, x, a, scores }) => {
        const removed = removedOf(row);
        const slope = isContribution ? a.map((value, i) => (x[i] === removed[i] ? 0 : value / (x[i]! - removed[i]!))) : a;
        const noise = createNoise(seed);
        const random = createRandom(seed);
        const std = perturbation === "noise" ? noiseLevel * rangeOf(x, `Row ${row}`) : 0;
        const drawn = new Float64Array(x.length);
        const told = new Float64Array(samples);
        const found = await scores((k, entries) => {
          if (k === samples) return;
          const feature = perturbation === "noise" ? -1 : random.below(features.count);
          if (perturbation === "noise") noise.drawInto(drawn);
          for (let i = 0; i < entries.length; i++) {
            const change = feature < 0 ? std * drawn[i]! : features.of[i] === feature ? x[i]! - removed[i]! : 0;
            told[k] = told[k]! + change * slope[i]!;
            entries[i] = x[i]! - change;
          }
        });
        return meanSquare(
          told,
          found.subarray(0, samples).map((score) => found[samples]! - score),
          normalize,
        );
      });
      return { values };
    },
  };
}

/** The mean of (β Iᵀ A − ΔF)². */
function meanSquare(told: Float64Array, differences: Float64Array, normalize: boolean): number {
  const product = (other: Float64Array): number => told.reduce((sum, value, k) => sum + value * other[k]!, 0);
  const squares = product(told);
  const beta = !normalize ? 1 : squares === 0 ? 0 : product(differences) / squares;
  return told.reduce((sum, value, k) => sum + (beta * value - differences[k]!) ** 2, 0) / told.length;
}
