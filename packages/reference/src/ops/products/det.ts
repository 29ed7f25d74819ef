import { determinant } from "../../math/determinant.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

function det(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const n = x.dims.at(-1)!;
  const y = value64(x.type, x.dims.slice(0, -2));
  return [
    value64(
      x.type,
      y.dims,
      y.data.map((_, i) => determinant(x.data.subarray(i * n * n, (i + 1) * n * n), n)),
    ),
  ];
}

/** Determinants of the last two axes. */
export const detOperators: OperatorTable = { Det: det };
