import type { Explainer, FloatTensor, Model } from "@xdeep/core";
import { type Pause, inPieces } from "@xdeep/core/method";

import { type LayerFormula, layerMethod } from "../layer-method.ts";
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
  const map: LayerFormula["map"] = relu ? async (...at) => rectified(await gradCamMap(...at)) : gradCamMap;
  return layerMethod(model, options, { name: relu ? "grad-cam" : "grad-cam-signed", isMap: true, map });
}

async function gradCamMap(h: FloatTensor, g: FloatTensor, axis: number, pause: Pause): Promise<FloatTensor> {
  const alpha = await channelMeans(g, axis, pause);
  const { channels } = layout(h.dims, axis);
  return overChannels(h, axis, pause, (n, k, _, value) => alpha[n * channels + k]! * value);
}

/** The mean over positions of each row and channel, [N · C]. */
async function channelMeans(values: FloatTensor, axis: number, pause: Pause): Promise<Float64Array> {
  const { rows, channels, positions, offset } = layout(values.dims, axis);
  const means = new Float64Array(rows * channels);
  const average = (start: number, end: number): void => {
    for (let i = start; i < end; i++) {
      let sum = 0;
      for (let p = 0; p < positions; p++) sum += values.data[offset(Math.floor(i / channels), i % channels, p)]!;
      means[i] = sum / positions;
    }
  };
  await inPieces(means.length, pause, average, positions);
  return means;
}

export function rectified(map: FloatTensor): FloatTensor {
  return { ...map, data: map.data.map((value) => Math.max(0, value)) };
}
