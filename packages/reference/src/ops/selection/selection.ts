import { broadcastDims, broadcastTo } from "../../arrays/broadcast.ts";
import { mapElements } from "../../math/elementwise.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** y = condition ? a : b, all three broadcast. */
function where(call: OperatorCall): readonly Value64[] {
  const [condition, a, b] = [call.input(0), call.input(1), call.input(2)];
  const dims = broadcastDims(condition.dims, a.dims, b.dims);
  const [mask, left, right] = [broadcastTo(condition, dims), broadcastTo(a, dims), broadcastTo(b, dims)];
  return [
    value64(
      a.type,
      dims,
      mask.map((chosen, i) => (chosen !== 0 ? left[i]! : right[i]!)),
    ),
  ];
}

/** y = min(max(x, low), high); a bound that is left out does not bound. */
function clip(call: OperatorCall): readonly Value64[] {
  const low = call.optional(1)?.data[0] ?? -Infinity;
  const high = call.optional(2)?.data[0] ?? Infinity;
  return [mapElements(call.input(0), (x) => Math.min(Math.max(x, low), high))];
}

function isInf(call: OperatorCall): readonly Value64[] {
  const positive = call.flag("detect_positive", true);
  const negative = call.flag("detect_negative", true);
  return [mapElements(call.input(0), (x) => Number((positive && x === Infinity) || (negative && x === -Infinity)), "bool")];
}

/** Selection by a condition or by bounds. */
export const selectionOperators: OperatorTable = { Clip: clip, IsInf: isInf, Where: where };
