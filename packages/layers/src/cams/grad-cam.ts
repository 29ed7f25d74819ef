import type { Explainer, FloatTensor, Model } from "@xdeep/core";

import { layerMethod } from "../layer-method.ts";
import { type MapOptions, layout, overChannels } from "../layer-options.ts";

export interface GradCamOptions extends MapOptions {
  /** False leaves out the ReLU: evidence against the target stays, negative. Default true. */
  readonly relu?: boolean | undefined;
}

/**
 * Grad-CAM: αₖ = meanᵤ ∂F/∂hₖᵤ, L = ReLU(Σₖ αₖ hₖ), a map [N, 1, h, w] of the layer's size. Costs a forward run and little more.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` the codes of `vjp`, and CAPABILITY_MISSING, WRT_UNKNOWN for the layer
 * @see R. R. Selvaraju et al. (2017), Grad-CAM, arXiv:1610.02391
 */
export function gradCam(model: Model, { relu = true, ...options }: GradCamOptions = {}): Explainer {
  const map = relu ? (h: FloatTensor, g: FloatTensor, axis: number) => rectified(gradCamMap(h, g, axis)) : gradCamMap;
  return layerMethod(model, options, { name: relu ? "grad-cam" : "grad-cam-signed", isMap: true, map });
}

function gradCamMap(h: FloatTensor, g: FloatTensor, axis: number): FloatTensor {
  const alpha = channelMeans(g, axis);
  const { channels } = layout(h.dims, axis);
  return overChannels(h, axis, (n, k, _, value) => alpha[n * channels + k]! * value);
}

/** The mean over positions of each row and channel, [N · C]. */
export function channelMeans(values: FloatTensor, axis: number): Float64Array {
  const { rows, channels, positions, offset } = layout(values.dims, axis);
  return new Float64Array(rows * channels).map((_, i) => {
    let sum = 0;
    for (let p = 0; p < positions; p++) sum += values.data[offset(Math.floor(i / channels), i % channels, p)]!;
    return sum / positions;
  });
}

export function rectified(map: FloatTensor): FloatTensor {
  return { ...map, data: map.data.map((value) => Math.max(0, value)) };
}
