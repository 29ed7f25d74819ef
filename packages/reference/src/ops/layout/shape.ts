import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, scalar64, value64 } from "../../arrays/value64.ts";

function shape(call: OperatorCall): readonly Value64[] {
  const { dims } = call.input(0);
  const part = dims.slice(call.attributes.int("start", 0), call.attributes.int("end", dims.length));
  return [value64("int64", [part.length], part)];
}

function size(call: OperatorCall): readonly Value64[] {
  return [scalar64("int64", call.input(0).data.length)];
}

/** Dims as values. */
export const shapeOperators: OperatorTable = { Shape: shape, Size: size };
