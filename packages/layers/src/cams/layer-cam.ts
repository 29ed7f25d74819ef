import type { Explainer, Model } from "@xdeep/core";

import { rectified } from "./grad-cam.ts";
import { layerMethod } from "../layer-method.ts";
import { type MapOptions, layout, overChannels } from "../layer-options.ts";

/**
 * LayerCAM: L = ReLU(Σₖ ReLU(∂F/∂hₖ) ⊙ hₖ); it stays sharp at earlier layers, where Grad-CAM's mean over positions does not.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` the codes of `vjp`, and CAPABILITY_MISSING, WRT_UNKNOWN for the layer
 * @see P.-T. Jiang et al. (2021), LayerCAM, IEEE Transactions on Image Processing 30
 */
export function layerCam(model: Model, options: MapOptions = {}): Explainer {
  return layerMethod(model, options, {
    name: "layer-cam",
    isMap: true,
    async map(h, g, axis, pause) {
      const { offset } = layout(h.dims, axis);
      return rectified(await overChannels(h, axis, pause, (n, k, p, value) => value * Math.max(0, g.data[offset(n, k, p)]!)));
    },
  });
}
