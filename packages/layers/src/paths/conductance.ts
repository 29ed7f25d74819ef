import type { Explainer, Model } from "@xdeep/core";
import { inPieces, pauses } from "@xdeep/core/method";

import type { PathOptions } from "./input-path.ts";
import { pathMethod } from "./path-method.ts";

export interface ConductanceOptions extends PathOptions {
  /** Take the gradient at the left end of each step alone, as Captum does: an error of the order 1/n, not 1/n². Default false. */
  readonly left?: boolean | undefined;
}

/**
 * Layer conductance: ∫ ∂F/∂h ⊙ dh along the straight path from x′ to x, as Σᵢ gᵢ ⊙ (h(xᵢ₊₁) − h(xᵢ)) with gᵢ the mean of ∂F/∂h at both ends. Its sum at any
 * layer that every path passes is F(x) − F(x′); `convergenceDelta` says by how much it is not.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID, WRT_UNKNOWN, CAPABILITY_MISSING and the codes of `vjp`
 * @see K. Dhamdhere, M. Sundararajan, Q. Yan (2018), How Important Is a Neuron?, arXiv:1805.12233
 */
export function conductance(model: Model, options: ConductanceOptions = {}): Explainer {
  const left = options?.left ?? false;
  return pathMethod(model, options, {
    name: "conductance",
    caller: "conductance",
    parameters: { left },
    async attribute({ at }, n) {
      const { values: h, gradient: g, scores } = await at(Array.from({ length: n + 1 }, (_, k) => k / n));
      const size = h.data.length / (n + 1);
      const values = new Float64Array(size);
      const pause = pauses();
      for (let k = 0; k < n; k++) {
        await inPieces(size, pause, (start, end) => {
          for (let i = start; i < end; i++) {
            const [here, next] = [k * size + i, (k + 1) * size + i];
            const slope = left ? g.data[here]! : (g.data[here]! + g.data[next]!) / 2;
            values[i] = values[i]! + slope * (h.data[next]! - h.data[here]!);
          }
        });
      }
      return { values, difference: scores[n]! - scores[0]! };
    },
  });
}
