import type { RectifierRule } from "@xdeep/core";

import type { Value } from "./value.ts";

/** How a layer is computed and differentiated, on one row, in double precision. */
export interface LayerMath<L> {
  /** y. */
  primal(layer: L, inputs: readonly Value[]): Value;
  /** x̄ of every input from ȳ; null where an input has no gradient. Only rectifiers that count for the rule are told another one than "standard". */
  pullback(layer: L, inputs: readonly Value[], cotangent: Float64Array, rule: RectifierRule): readonly (Float64Array | null)[];
}
