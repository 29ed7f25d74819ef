import { normalizeAxis } from "../../arrays/axes.ts";
import { taken } from "../../arrays/axis-take.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** The parts of an axis, or of the flat value, where the condition is true. */
function compress(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const chosen = [...call.input(1).data.entries()].filter(([, condition]) => condition !== 0).map(([i]) => i);
  const axis = call.attributes.int("axis");
  if (axis === undefined) return [taken(value64(x.type, [x.data.length], x.data), 0, chosen)];
  return [taken(x, normalizeAxis(axis, x.dims.length), chosen)];
}

/** Parts chosen by a condition. */
export const compressOperators: OperatorTable = { Compress: compress };
