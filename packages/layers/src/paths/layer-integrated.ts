import type { Explainer, FloatTensor, Model, Tensor } from "@xdeep/core";

import { type PathOptions } from "./input-path.ts";
import { meanOver, midpoints, writePath } from "./path-points.ts";
import { pathMethod } from "./path-method.ts";

/**
 * Layer integrated gradients: (h − h′) ⊙ the mean of ∂F/∂h on the straight path in the layer from h′ = h(x′) to h = h(x). The network runs from the layer on.
 * Its sum is F(x) − F(x′) where all that reaches the score passes the layer; `convergenceDelta` says by how much it is not.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID, WRT_UNKNOWN, CAPABILITY_MISSING and the codes of `vjp`
 * @see M. Sundararajan, A. Taly, Q. Yan (2017), Axiomatic Attribution for Deep Networks, arXiv:1703.01365
 */
export function layerIntegrated(model: Model, options: PathOptions = {}): Explainer {
  return pathMethod(model, options, {
    name: "layer-integrated",
    caller: "layerIntegrated",
    async attribute({ end, at, from }, n) {
      const start = await at([0]);
      const { gradient } = await from(between(start.values, end.values, midpoints(n)));
      const values = meanOver(gradient, n).map((value, i) => value * (end.values.data[i]! - start.values.data[i]!));
      return { values, difference: end.scores[0]! - start.scores[0]! };
    },
  });
}

/** h′ + α (h − h′) for every α, [alphas, …]. */
function between(start: FloatTensor, end: FloatTensor, alphas: readonly number[]): Tensor {
  const data = new Float32Array(alphas.length * end.data.length);
  writePath(data, start.data, end.data, alphas);
  return { type: "float32", dims: [alphas.length, ...end.dims.slice(1)], data };
}
