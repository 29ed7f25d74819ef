import type { Explainer, Model } from "@xdeep/core";

import { layerMethod } from "../layer-method.ts";
import type { LayerOptions } from "../layer-options.ts";

/**
 * Gradient × activation: h ⊙ ∂F/∂h, with the layer's dims.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` the codes of `vjp`, and CAPABILITY_MISSING, WRT_UNKNOWN for the layer
 */
export function layerGradientXActivation(model: Model, options: LayerOptions = {}): Explainer {
  return layerMethod(model, options, {
    name: "layer-gradient-x-activation",
    isMap: false,
    map: (h, g) => ({ ...h, data: h.data.map((value, i) => value * g.data[i]!) }),
  });
}
