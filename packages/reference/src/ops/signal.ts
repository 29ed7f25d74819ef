import { axisView, normalizeAxis } from "../axes.ts";
import { type Complex, completedSpectrum, fourierTransform } from "../fourier.ts";
import type { Operator, OperatorCall, OperatorTable } from "../operator-call.ts";
import { type Value64, value64 } from "../value64.ts";

/** The discrete Fourier transform along an axis; the last axis holds real and imaginary parts. */
function dft(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const given = call.optional(2)?.data[0] ?? call.attributes.int("axis", call.opset < 20 ? 1 : -2);
  const axis = normalizeAxis(given, x.dims.length);
  const [inverse, onesided] = [call.flag("inverse"), call.flag("onesided")];
  const parts = x.dims.at(-1)!;
  const complex = value64(x.type, x.dims.slice(0, -1));
  const { outer, size, inner } = axisView(complex.dims, axis);
  const length = call.optional(1)?.data[0] ?? (inverse && onesided ? 2 * (size - 1) : size);
  const count = onesided && !inverse ? Math.floor(length / 2) + 1 : length;
  const realOnly = inverse && onesided;
  const outParts = realOnly ? 1 : 2;
  const dims = [...complex.dims.map((dim, i) => (i === axis ? count : dim)), outParts];
  const y = value64(x.type, dims);
  for (let o = 0; o < outer; o++) {
    for (let n = 0; n < inner; n++) {
      const read = (part: number, taps: number): Float64Array =>
        Float64Array.from({ length: taps }, (_, i) => (i < size && part < parts ? x.data[((o * size + i) * inner + n) * parts + part]! : 0));
      const spectrum = realOnly ? completedSpectrum(firstTaps(read, Math.min(size, Math.floor(length / 2) + 1)), length) : firstTaps(read, length);
      const result = fourierTransform(spectrum, inverse);
      for (let k = 0; k < count; k++) {
        const at = ((o * count + k) * inner + n) * outParts;
        y.data[at] = result.real[k]!;
        if (!realOnly) y.data[at + 1] = result.imaginary[k]!;
      }
    }
  }
  return [y];
}

function firstTaps(read: (part: number, taps: number) => Float64Array, taps: number): Complex {
  return { real: read(0, taps), imaginary: read(1, taps) };
}

/** Fourier transforms of windowed frames of a signal, [batch, frames, bins, 2]. */
function stft(call: OperatorCall): readonly Value64[] {
  const [signal, window] = [call.input(0), call.optional(2)];
  const step = call.input(1).data[0]!;
  const length = call.optional(3)?.data[0] ?? window!.data.length;
  const [batch, samples, parts] = [signal.dims[0]!, signal.dims[1]!, signal.dims[2] ?? 1];
  const frames = Math.floor((samples - length) / step) + 1;
  const bins = call.flag("onesided", true) ? Math.floor(length / 2) + 1 : length;
  const y = value64(signal.type, [batch, frames, bins, 2]);
  for (let b = 0; b < batch; b++) {
    for (let f = 0; f < frames; f++) {
      const part = (p: number): Float64Array =>
        Float64Array.from({ length }, (_, i) => (p < parts ? signal.data[(b * samples + f * step + i) * parts + p]! * (window?.data[i] ?? 1) : 0));
      const { real, imaginary } = fourierTransform({ real: part(0), imaginary: part(1) }, false);
      for (let k = 0; k < bins; k++) y.data.set([real[k]!, imaginary[k]!], ((b * frames + f) * bins + k) * 2);
    }
  }
  return [y];
}

/** wₙ = Σ aⱼ cos(2πjn / N), N the length of the window, or one less when it is not periodic. */
function cosineWindow(coefficients: readonly number[]): Operator {
  return (call) => {
    const size = call.input(0).data[0]!;
    const period = call.flag("periodic", true) ? size : size - 1;
    const data = Array.from({ length: size }, (_, n) => coefficients.reduce((sum, a, j) => sum + a * Math.cos((2 * Math.PI * j * n) / period), 0));
    return [value64(call.elementType("output_datatype") ?? "float32", [size], data)];
  };
}

/** Triangles of equal width on the mel scale, mel(f) = 2595 log₁₀(1 + f/700), [bins of the spectrum, mel bins]. */
function melWeightMatrix(call: OperatorCall): readonly Value64[] {
  const [count, length, rate, low, high] = [0, 1, 2, 3, 4].map((i) => call.input(i).data[0]!) as [number, number, number, number, number];
  const bins = Math.floor(length / 2) + 1;
  const mel = (frequency: number): number => 2595 * Math.log10(1 + frequency / 700);
  const step = (mel(high) - mel(low)) / (count + 2);
  const edges = Array.from({ length: count + 2 }, (_, i) => {
    const frequency = 700 * (10 ** ((i * step + mel(low)) / 2595) - 1);
    return Math.floor(((length + 1) * frequency) / rate);
  });
  const y = value64(call.elementType("output_datatype") ?? "float32", [bins, count]);
  for (let m = 0; m < count; m++) {
    const [left, center, right] = [edges[m]!, edges[m + 1]!, edges[m + 2]!];
    for (let k = left; k <= center; k++) y.data[k * count + m] = center === left ? 1 : (k - left) / (center - left);
    for (let k = center; k < right; k++) y.data[k * count + m] = (right - k) / (right - center);
  }
  return [y];
}

/** Signals and their spectra. */
export const signalOperators: OperatorTable = {
  BlackmanWindow: cosineWindow([0.42, -0.5, 0.08]),
  DFT: dft,
  HammingWindow: cosineWindow([25 / 46, -21 / 46]),
  HannWindow: cosineWindow([0.5, -0.5]),
  MelWeightMatrix: melWeightMatrix,
  STFT: stft,
};
