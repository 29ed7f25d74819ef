import { normalizeAxis } from "../axes.ts";
import type { OperatorCall, OperatorTable } from "../operator-call.ts";
import type { Value64 } from "../value64.ts";
import { mapLines } from "../axis-lines.ts";

/** yᵢ = Σ xⱼ over j ≤ i, or j < i (exclusive), or from the end (reverse). */
function cumSum(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.input(1).data[0]!, x.dims.length);
  const [exclusive, reverse] = [call.flag("exclusive"), call.flag("reverse")];
  return [mapLines(x, axis, (line) => {
    const forward = reverse ? line.slice().reverse() : line;
    let sum = 0;
    const sums = forward.map((element) => {
      const before = sum;
      sum += element;
      return exclusive ? before : sum;
    });
    return reverse ? sums.reverse() : sums;
  })];
}

/** Running sums. */
export const cumulativeSumOperators: OperatorTable = { CumSum: cumSum };
