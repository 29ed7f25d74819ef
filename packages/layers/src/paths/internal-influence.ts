import type { Explainer, Model } from "@xdeep/core";

import { type PathOptions } from "./input-path.ts";
import { meanOver, midpoints } from "./path-points.ts";
import { pathMethod } from "./path-method.ts";

/**
 * Internal influence: the mean of ∂F/∂h over the straight path from x′ to x, with the layer's dims.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID, WRT_UNKNOWN, CAPABILITY_MISSING and the codes of `vjp`
 * @see K. Leino et al. (2018), Influence-Directed Explanations for Deep Convolutional Networks, arXiv:1802.03788
 */
export function internalInfluence(model: Model, options: PathOptions = {}): Explainer {
  return pathMethod(model, options, {
    name: "internal-influence",
    caller: "internalInfluence",
    attribute: async ({ at }, n) => ({ values: meanOver((await at(midpoints(n))).gradient, n) }),
  });
}
