import { axisView, normalizeAxis } from "../axes.ts";
import { taken } from "../axis-take.ts";
import type { Operator, OperatorCall, OperatorTable } from "../operator-call.ts";
import { type Value64, value64 } from "../value64.ts";

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

/** The position of the largest (or smallest) element; of equal ones the first, or the last on request. */
function argBest(largest: boolean): Operator {
  return (call) => {
    const x = call.input(0);
    const axis = normalizeAxis(call.attributes.int("axis", 0), x.dims.length);
    const last = call.flag("select_last_index");
    const { outer, size, inner } = axisView(x.dims, axis);
    const data = new Float64Array(outer * inner);
    for (let o = 0; o < outer; o++) {
      for (let n = 0; n < inner; n++) {
        const element = (i: number): number => (largest ? 1 : -1) * x.data[(o * size + i) * inner + n]!;
        let best = 0;
        for (let i = 1; i < size; i++) if (last ? element(i) >= element(best) : element(i) > element(best)) best = i;
        data[o * inner + n] = best;
      }
    }
    const kept = x.dims.map((dim, i) => (i === axis ? 1 : dim));
    return [value64("int64", call.flag("keepdims", true) ? kept : kept.filter((_, i) => i !== axis), data)];
  };
}

/** Indices of all elements that are not 0, [rank, count], in row-major order. */
function nonZero(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const found = [...x.data.keys()].filter((i) => x.data[i] !== 0);
  const rows = x.dims.map((dim, axis) => {
    const { inner } = axisView(x.dims, axis);
    return found.map((i) => Math.floor(i / inner) % dim);
  });
  return [value64("int64", [x.dims.length, found.length], rows.flat())];
}

/** The parts of an axis, or of the flat value, where the condition is true. */
function compress(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const chosen = [...call.input(1).data.entries()].filter(([, condition]) => condition !== 0).map(([i]) => i);
  const axis = call.attributes.int("axis");
  if (axis === undefined) return [taken(value64(x.type, [x.data.length], x.data), 0, chosen)];
  return [taken(x, normalizeAxis(axis, x.dims.length), chosen)];
}

/** Order and selection. */
export const orderOperators: OperatorTable = { ArgMax: argBest(true), ArgMin: argBest(false), Compress: compress, NonZero: nonZero, TopK: topK };
