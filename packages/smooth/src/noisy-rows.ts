import { XDeepError, sliceRows } from "@xdeep/core";
import { checkMovable, feedInner, inPieces, isFloatType, movableInputs, sliceFeeds, toFloat64 } from "@xdeep/core/method";
import type { ExplainOptions, Model, Tensor } from "@xdeep/core";
import type { MovedFeeds, Pause, ResolvedInput } from "@xdeep/core/method";

import type { NoiseSettings } from "./settings.ts";
import { standardDeviation } from "./spread.ts";

/** One row of the input, to which noise can be added. */
export interface NoisyRow {
  /** Feeds with `count` draws added, one row for each. What gets no noise is repeated. Good until the next are made, of any row. */
  at(draws: Readonly<Record<string, Float64Array>>, count: number): Promise<Readonly<Record<string, Tensor>>>;
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
 * @param moved makes its feeds
 * @param inputs of the model: they say where their rows lie
 */
export async function noisyRow(
  { feeds }: ResolvedInput,
  names: readonly string[],
  settings: NoiseSettings,
  row: number,
  { moved, inputs, pause }: { readonly moved: MovedFeeds; readonly inputs: Model["inputs"]; readonly pause: Pause },
): Promise<NoisyRow> {
  const single = sliceFeeds(feeds, { start: row, end: row + 1 }, inputs);
  const noisy = new Map<string, NoisySample>();
  for (const name of names) {
    const sample = toFloat64(sliceRows(feeds[name]!, row, row + 1));
    const shift =
      "noise" in settings
        ? { mean: 0, std: 1 }
        : { mean: settings.mean, std: await standardDeviation(settings.spread, sample, `Row ${row} of input "${name}"`, pause) };
    noisy.set(name, { sample, ...shift });
  }
  return { at: (draws, count) => moved(single, count, pause, (name) => (values) => addNoise(values, noisy.get(name)!, draws[name]!, pause)) };
}

interface NoisySample {
  readonly sample: Float64Array;
  readonly mean: number;
  readonly std: number;
}

/** Overwrites `values` with x + mean + std ε, draw by draw. */
async function addNoise(values: Float32Array | Float64Array, { sample, mean, std }: NoisySample, draws: Float64Array, pause: Pause): Promise<void> {
  for (let offset = 0; offset < values.length; offset += sample.length) {
    await inPieces(sample.length, pause, (start, end) => {
      for (let i = start; i < end; i++) values[offset + i] = sample[i]! + (mean + std * draws[offset + i]!);
    });
  }
}
