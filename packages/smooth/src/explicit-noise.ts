import { XDeepError, isTensor, sizeOf } from "@xdeep/core";
import { firstNonFinite, isFloatType, toFloat64 } from "@xdeep/core/method";
import type { Tensor } from "@xdeep/core";

/** Noise [n, … dims of one sample], or that for each input that gets noise. */
export type NoiseOption = Tensor | Readonly<Record<string, Tensor>>;

/**
 * How many draws were given.
 *
 * @throws {XDeepError} NOISE_INVALID when there is none, when inputs differ, or when it is not `expected`
 */
export function countDraws(noise: NoiseOption, expected?: number): number {
  const counts = tensorsOf(noise).map((tensor) => (isTensor(tensor) ? tensor.dims[0] : undefined));
  const [n] = counts;
  if (n === undefined || n < 1 || counts.some((count) => count !== n)) {
    throw invalid(
      `Noise is a float tensor [n, … dims of one sample], or a record of such with one n ≥ 1; got leading axes ${counts.map(String).join(", ") || "of nothing"}.`,
      { counts },
    );
  }
  if (expected !== undefined && expected !== n) throw invalid(`Noise holds ${n} draws, but n is ${expected}; leave n out.`, { expected, got: n });
  return n;
}

/**
 * The numbers of the noise that was given, [n · size of one sample] for each value that gets noise.
 *
 * @param samples dims of one sample by name
 * @throws {XDeepError} NOISE_INVALID when names, dims, types or values do not fit
 */
export function readNoise(noise: NoiseOption, samples: Readonly<Record<string, readonly number[]>>): Readonly<Record<string, Float64Array>> {
  const names = Object.keys(samples);
  if (isTensor(noise) && names.length > 1)
    throw invalid(`Several inputs get noise, so one tensor is not enough: pass a record by the names ${quote(names)}.`, { expected: names });
  const given = isTensor(noise) ? { [names[0]!]: noise } : noise;
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const missing = names.filter((name) => given[name] === undefined);
  if (unknown.length + missing.length > 0)
    throw invalid(`Noise is needed for ${quote(names)}, got ${quote(Object.keys(given))}.`, { expected: names, unknown, missing });
  return Object.fromEntries(names.map((name) => [name, numbersOf(name, given[name]!, samples[name]!)]));
}

/** The noise as plain data that stays small: type and dims. */
export function describeNoise(noise: NoiseOption): unknown {
  if (isTensor(noise)) return { type: noise.type, dims: noise.dims };
  return Object.fromEntries(Object.entries(noise).map(([name, { type, dims }]) => [name, { type, dims }]));
}

function tensorsOf(noise: NoiseOption): readonly Tensor[] {
  if (typeof noise !== "object" || noise === null) throw new TypeError(`Noise is a tensor or a record of tensors by input name, got ${String(noise)}.`);
  return isTensor(noise) ? [noise] : Object.values(noise);
}

function numbersOf(name: string, tensor: Tensor, sample: readonly number[]): Float64Array {
  const [, ...dims] = tensor.dims;
  if (!isFloatType(tensor.type)) throw invalid(`The noise of "${name}" is ${tensor.type}; it must be a float tensor.`, { name, got: tensor.type });
  if (dims.length !== sample.length || dims.some((dim, axis) => dim !== sample[axis])) {
    throw invalid(`The noise of "${name}" has dims [${tensor.dims.join(", ")}]; it needs [n, ${sample.join(", ")}].`, {
      name,
      expected: sample,
      got: tensor.dims,
    });
  }
  if (tensor.data.length !== sizeOf(tensor.dims))
    throw invalid(`The noise of "${name}" of dims [${tensor.dims.join(", ")}] holds ${tensor.data.length} elements.`, { name });
  const index = firstNonFinite(tensor);
  if (index >= 0) throw invalid(`The noise of "${name}" holds NaN or infinity, first at element ${index}.`, { name, index });
  return toFloat64(tensor);
}

function quote(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.map((name) => `"${name}"`).join(", ");
}

function invalid(message: string, details: Readonly<Record<string, unknown>>): XDeepError {
  return new XDeepError("NOISE_INVALID", message, { details });
}
