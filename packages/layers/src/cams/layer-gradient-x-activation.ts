import type { Explainer, Model } from "@xdeep/core";
import { inPieces } from "@xdeep/core/method";

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
    async map(h, g, _axis, pause) {
      const data = new Float32Array(h.data.length);
      await inPieces(data.length, pause, (start, end) => {
        for (let i = start; i < end; i++) data[i] = h.data[i]! * g.data[i]!;
      });
      return { ...h, data };
    },
  });
}
