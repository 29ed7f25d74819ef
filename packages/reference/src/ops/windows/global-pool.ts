import type { Operator, OperatorTable } from "../../operator-call.ts";
import { type Reduction, reduced } from "../../arrays/reduce-axes.ts";

function globalPool(reductionOf: (p: number) => Reduction): Operator {
  return (call) => {
    const x = call.input(0);
    const spatial = x.dims.map((_, axis) => axis).slice(2);
    return [reduced(x, spatial, true, reductionOf(call.attributes.int("p", 2)))];
  };
}

/** Pooling over all spatial axes at once. */
export const globalPoolOperators: OperatorTable = {
  GlobalAveragePool: globalPool(() => (plane) => plane.reduce((sum, x) => sum + x, 0) / plane.length),
  GlobalLpPool: globalPool((p) => (plane) => plane.reduce((sum, x) => sum + Math.abs(x) ** p, 0) ** (1 / p)),
  GlobalMaxPool: globalPool(() => (plane) => plane.reduce((a, b) => Math.max(a, b), -Infinity)),
};
