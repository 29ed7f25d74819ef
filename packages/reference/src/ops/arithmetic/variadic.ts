import { mapElements, mapPairs } from "../../math/elementwise.ts";
import type { Operator, OperatorCall, OperatorTable } from "../../operator-call.ts";
import type { Value64 } from "../../arrays/value64.ts";

/** Folds any number of inputs pairwise, with broadcasting. */
function fold(call: OperatorCall, f: (a: number, b: number) => number): Value64 {
  return call.everyInput().reduce((a, b) => mapPairs(a, b, f));
}

function variadic(f: (a: number, b: number) => number): Operator {
  return (call) => [fold(call, f)];
}

function mean(call: OperatorCall): readonly Value64[] {
  const count = call.inputs.length;
  return [
    mapElements(
      fold(call, (a, b) => a + b),
      (sum) => sum / count,
    ),
  ];
}

/** One value out of any number of inputs. */
export const variadicOperators: OperatorTable = {
  Max: variadic(Math.max),
  Mean: mean,
  Min: variadic(Math.min),
  Sum: variadic((a, b) => a + b),
};
