import type { Explainer, FloatTensor, Model } from "@xdeep/core";
import { type Pause, inPieces } from "@xdeep/core/method";

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
  return layerMethod(model, options, { name: "grad-cam-plus-plus", isMap: true, map: async (...at) => rectified(await plusPlusMap(...at)) });
}

async function plusPlusMap(h: FloatTensor, g: FloatTensor, axis: number, pause: Pause): Promise<FloatTensor> {
  const { rows, channels, positions, offset } = layout(h.dims, axis);
  const alpha = new Float64Array(rows * channels);
  const alphaOf = (i: number): number => {
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
  };
  const weigh = (start: number, end: number): void => {
    for (let i = start; i < end; i++) alpha[i] = alphaOf(i);
  };
  await inPieces(alpha.length, pause, weigh, 2 * positions);
  return overChannels(h, axis, pause, (n, k, _, value) => alpha[n * channels + k]! * value);
}
