import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import { type Complex, completedSpectrum, fourierTransform } from "../../math/fourier.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

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

/** The discrete Fourier transform. */
export const dftOperators: OperatorTable = { DFT: dft };
