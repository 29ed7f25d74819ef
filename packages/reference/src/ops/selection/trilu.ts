import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** Keeps the part of each matrix on and above (or below) a diagonal. */
function trilu(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const [rows, columns] = [x.dims.at(-2)!, x.dims.at(-1)!];
  const k = call.optional(1)?.data[0] ?? 0;
  const upper = call.flag("upper", true);
  return [
    value64(
      x.type,
      x.dims,
      x.data.map((element, i) => {
        const distance = (i % columns) - (Math.floor(i / columns) % rows) - k;
        return (upper ? distance >= 0 : distance <= 0) ? element : 0;
      }),
    ),
  ];
}

/** Triangular matrices. */
export const triluOperators: OperatorTable = { Trilu: trilu };
