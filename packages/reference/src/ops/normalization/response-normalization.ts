import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import { mapPairs } from "../../math/elementwise.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { reduced } from "../../arrays/reduce-axes.ts";
import { mapLines } from "../../arrays/axis-lines.ts";

/** y = x / (bias + α/size · Σ x²)^β, the sum over `size` neighbouring channels. */
function lrn(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const size = call.attributes.int("size", 1);
  const [alpha, beta, bias] = [call.float("alpha", 1e-4), call.float("beta", 0.75), call.float("bias", 1)];
  const { outer, size: channels, inner } = axisView(x.dims, 1);
  const y = value64(x.type, x.dims);
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const first = Math.max(0, c - Math.floor((size - 1) / 2));
      const last = Math.min(channels - 1, c + Math.ceil((size - 1) / 2));
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let d = first; d <= last; d++) sum += x.data[(o * channels + d) * inner + i]! ** 2;
        const at = (o * channels + c) * inner + i;
        y.data[at] = x.data[at]! / (bias + (alpha / size) * sum) ** beta;
      }
    }
  }
  return [y];
}

/** y = x / ‖x‖ₚ along an axis; a line of zeros stays zero. */
function lpNormalization(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const p = call.attributes.int("p", 2);
  const axis = normalizeAxis(call.attributes.int("axis", -1), x.dims.length);
  return [
    mapLines(x, axis, (line) => {
      const norm = line.reduce((sum, element) => sum + Math.abs(element) ** p, 0) ** (1 / p);
      return line.map((element) => (norm === 0 ? 0 : element / norm));
    }),
  ];
}

/** y = (x − mean) / (√variance + 10⁻⁹) over the axes. */
function meanVarianceNormalization(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axes = call.attributes.ints("axes", [0, 2, 3]).map((axis) => normalizeAxis(axis, x.dims.length));
  const average = (elements: Float64Array): number => elements.reduce((sum, element) => sum + element, 0) / elements.length;
  const centered = mapPairs(x, reduced(x, axes, true, average), (a, b) => a - b);
  const deviation = reduced(centered, axes, true, (elements) => Math.sqrt(average(elements.map((element) => element * element))));
  return [mapPairs(centered, deviation, (a, b) => a / (b + 1e-9))];
}

/** Normalization by neighbours, by a norm, and over any axes. */
export const responseNormalizationOperators: OperatorTable = {
  LRN: lrn,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
};
