import { axisView } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

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

/** Positions of what is not zero. */
export const nonZeroOperators: OperatorTable = { NonZero: nonZero };
