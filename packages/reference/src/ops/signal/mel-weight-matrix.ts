import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

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

/** The mel filter bank. */
export const melWeightMatrixOperators: OperatorTable = { MelWeightMatrix: melWeightMatrix };
