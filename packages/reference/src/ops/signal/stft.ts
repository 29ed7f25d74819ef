import { fourierTransform } from "../../math/fourier.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

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

/** The short-time Fourier transform. */
export const stftOperators: OperatorTable = { STFT: stft };
