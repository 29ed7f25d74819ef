import { XDeepError, sliceRows } from "@xdeep/core";
import { checkMovable, feedInner, isFloatType, movableInputs, repeatFeeds, sliceFeeds, toFloat64 } from "@xdeep/core/method";
import type { ExplainOptions, Model, Tensor } from "@xdeep/core";
import type { ResolvedInput } from "@xdeep/core/method";

import type { NoiseSettings } from "./settings.ts";
import { standardDeviation } from "./spread.ts";

/** One row of the input, to which noise can be added. */
export interface NoisyRow {
  /** Feeds with `count` draws added, one row for each. What gets no noise is repeated. */
  at(draws: Readonly<Record<string, Float64Array>>, count: number): Readonly<Record<string, Tensor>>;
}

/**
 * The input with the values that noise can be added to: where the model has no float input, the inner values of `wrt` beside it.
 *
 * @throws {XDeepError} WRT_UNKNOWN
 */
export async function noisyInput(model: Model, input: ResolvedInput, { wrt = model.defaultWrt ?? [], signal }: ExplainOptions): Promise<ResolvedInput> {
  const inputsHaveFloats = model.inputs.some(({ type }) => isFloatType(type));
  return inputsHaveFloats || !model.capabilities.innerValues ? input : feedInner(model, input, wrt, signal);
}

/**
 * The values that get noise: the fed ones among `wrt`, or, when `wrt` is left out or names only values inside, every float input with a batch axis but masks.
 *
 * @throws {XDeepError} WRT_UNKNOWN when there is none
 */
export function noisyNames(model: Model, feeds: Readonly<Record<string, Tensor>>, { wrt = model.defaultWrt }: ExplainOptions): readonly string[] {
  const floats = movableInputs(model.inputs);
  const fed = (wrt ?? []).filter((name) => feeds[name] !== undefined && isFloatType(feeds[name].type));
  const names = fed.length > 0 ? [...new Set(fed)] : floats;
  checkMovable(model.inputs, names);
  if (names.length > 0) return names;
  throw new XDeepError("WRT_UNKNOWN", "The model has no float input to which noise could be added.", {
    details: { inputs: model.inputs.map(({ name, type }) => ({ name, type })) },
  });
}

/**
 * Prepares a row: its values in double precision, and the standard deviation of its noise.
 *
 * @param shared names of the inputs that have no batch axis: they are passed whole
 */
export function noisyRow({ feeds }: ResolvedInput, names: readonly string[], settings: NoiseSettings, row: number, shared: ReadonlySet<string>): NoisyRow {
  const single = sliceFeeds(feeds, { start: row, end: row + 1 }, shared);
  const noisy = names.map((name): readonly [string, NoisySample] => {
    const sample = toFloat64(sliceRows(feeds[name]!, row, row + 1));
    const shift =
      "noise" in settings ? { mean: 0, std: 1 } : { mean: settings.mean, std: standardDeviation(settings.spread, sample, `Row ${row} of input "${name}"`) };
    return [name, { sample, ...shift }];
  });

  function at(draws: Readonly<Record<string, Float64Array>>, count: number): Readonly<Record<string, Tensor>> {
    const moved = noisy.map(([name, sum]) => [name, (values: Float32Array | Float64Array): void => addNoise(values, sum, draws[name]!)] as const);
    return repeatFeeds(single, count, shared, new Map(moved));
  }

  return { at };
}

interface NoisySample {
  readonly sample: Float64Array;
  readonly mean: number;
  readonly std: number;
}

/** Overwrites `values` with x + mean + std ε, draw by draw. */
function addNoise(values: Float32Array | Float64Array, { sample, mean, std }: NoisySample, draws: Float64Array): void {
  for (let offset = 0; offset < values.length; offset += sample.length) {
    for (let i = 0; i < sample.length; i++) values[offset + i] = sample[i]! + (mean + std * draws[offset + i]!);
  }
}
