import type { Explainer, Model } from "@xdeep/core";

import { layerMethod } from "../layer-method.ts";
import { type MapOptions, layout, overChannels } from "../layer-options.ts";

/**
 * HiResCAM: L = Σₖ hₖ ⊙ ∂F/∂hₖ, signed. Where the layer is followed by a flatten and a linear layer, Σ L = F − bias.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` the codes of `vjp`, and CAPABILITY_MISSING, WRT_UNKNOWN for the layer
 * @see R. L. Draelos, L. Carin (2020), Use HiResCAM instead of Grad-CAM, arXiv:2011.08891
 */
export function hiResCam(model: Model, options: MapOptions = {}): Explainer {
  return layerMethod(model, options, {
    name: "hi-res-cam",
    isMap: true,
    map(h, g, axis, pause) {
      const { offset } = layout(h.dims, axis);
      return overChannels(h, axis, pause, (n, k, p, value) => value * g.data[offset(n, k, p)]!);
    },
  });
}
