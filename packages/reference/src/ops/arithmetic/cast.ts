import type { DataType } from "@xdeep/core";
import { mapElements } from "../../math/elementwise.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

function converted(x: Value64, type: DataType): Value64 {
  return mapElements(x, (element) => element, type);
}

function cast(call: OperatorCall): readonly Value64[] {
  const type = call.elementType("to");
  if (type === undefined) throw call.invalid('needs the attribute "to"');
  return [converted(call.input(0), type)];
}

function castLike(call: OperatorCall): readonly Value64[] {
  return [converted(call.input(0), call.input(1).type)];
}

/** Inference: y = x and a mask of ones. */
function dropout(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const ratio = call.optional(1)?.data[0] ?? 0.5;
  if ((call.optional(2)?.data[0] ?? 0) !== 0 && ratio !== 0) throw call.unsupported("random masks (training_mode)");
  return [x, value64("bool", x.dims, new Float64Array(x.data.length).fill(1))];
}

/** Changes of element type; between float types nothing is rounded. */
export const castOperators: OperatorTable = { Cast: cast, CastLike: castLike, Dropout: dropout };
