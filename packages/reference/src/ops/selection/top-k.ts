import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** Positions of the elements of a line from the best to the worst; equal ones keep their order. */
function ranking(x: Value64, start: number, size: number, inner: number, largest: boolean): number[] {
  const element = (i: number): number => x.data[start + i * inner]!;
  const order = Array.from({ length: size }, (_, i) => i);
  return order.sort((a, b) => (largest ? element(b) - element(a) : element(a) - element(b)) || a - b);
}

function topK(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.attributes.int("axis", -1), x.dims.length);
  const k = call.input(1).data[0]!;
  const { outer, size, inner } = axisView(x.dims, axis);
  const dims = x.dims.map((dim, i) => (i === axis ? k : dim));
  const [values, indices] = [value64(x.type, dims), value64("int64", dims)];
  for (let o = 0; o < outer; o++) {
    for (let n = 0; n < inner; n++) {
      const best = ranking(x, o * size * inner + n, size, inner, call.flag("largest", true)).slice(0, k);
      for (const [i, index] of best.entries()) {
        const at = (o * k + i) * inner + n;
        values.data[at] = x.data[(o * size + index) * inner + n]!;
        indices.data[at] = index;
      }
    }
  }
  return [values, indices];
}

/** The k best of each line. */
export const topKOperators: OperatorTable = { TopK: topK };
