import { mapLines } from "../../arrays/axis-lines.ts";
import { normalizeAxis } from "../../arrays/axes.ts";
import type { Operator, OperatorTable } from "../../operator-call.ts";

/** yᵢ collects xⱼ over j ≤ i, or j < i (exclusive), or from the end (reverse); `empty` is the result of collecting nothing. */
function cumulative(empty: number, collect: (total: number, x: number) => number): Operator {
  return (call) => {
    const x = call.input(0);
    const axis = normalizeAxis(call.input(1).data[0]!, x.dims.length);
    const [exclusive, reverse] = [call.flag("exclusive"), call.flag("reverse")];
    return [
      mapLines(x, axis, (line) => {
        let total = empty;
        const collected = (reverse ? line.slice().reverse() : line).map((element) => {
          const before = total;
          total = collect(total, element);
          return exclusive ? before : total;
        });
        return reverse ? collected.reverse() : collected;
      }),
    ];
  };
}

/** Running sums and products. */
export const cumulativeOperators: OperatorTable = {
  CumProd: cumulative(1, (total, x) => total * x),
  CumSum: cumulative(0, (total, x) => total + x),
};
