import type { Explainer, FloatTensor, Model } from "@xdeep/core";

import { rectified } from "./grad-cam.ts";
import { layerMethod } from "../layer-method.ts";
import { type MapOptions, layout, overChannels } from "../layer-options.ts";

/**
 * Grad-CAM++: with g = ∂F/∂h, aₖᵤ = 1 / (2 + gₖᵤ Σᵤ hₖᵤ) where g ≠ 0 and the sum below is not 0, else 0; αₖ = Σᵤ aₖᵤ ReLU(gₖᵤ); L = ReLU(Σₖ αₖ hₖ). The
 * paper's g² / (2 g² + g³ Σ h) is cancelled: g³ leaves float32.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` the codes of `vjp`, and CAPABILITY_MISSING, WRT_UNKNOWN for the layer
 * @see A. Chattopadhyay et al. (2018), Grad-CAM++, arXiv:1710.11063
 */
export function gradCamPlusPlus(model: Model, options: MapOptions = {}): Explainer {
  return layerMethod(model, options, { name: "grad-cam-plus-plus", isMap: true, map: (h, g, axis) => rectified(plusPlusMap(h, g, axis)) });
}

function plusPlusMap(h: FloatTensor, g: FloatTensor, axis: number): FloatTensor {
  const { rows, channels, positions, offset } = layout(h.dims, axis);
  const alpha = new Float64Array(rows * channels).map((_, i) => {
    const at = (p: number): number => offset(Math.floor(i / channels), i % channels, p);
    let total = 0;
    for (let p = 0; p < positions; p++) total += h.data[at(p)]!;
    let sum = 0;
    for (let p = 0; p < positions; p++) {
      const gradient = g.data[at(p)]!;
      const below = 2 + gradient * total;
      if (gradient > 0 && below !== 0) sum += gradient / below;
    }
    return sum;
  });
  return overChannels(h, axis, (n, k, _, value) => alpha[n * channels + k]! * value);
}
