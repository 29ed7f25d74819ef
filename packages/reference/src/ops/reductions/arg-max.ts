import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import type { Operator, OperatorTable } from "../../operator-call.ts";
import { value64 } from "../../arrays/value64.ts";

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

/** Positions of extremes. */
export const argMaxOperators: OperatorTable = { ArgMax: argBest(true), ArgMin: argBest(false) };
