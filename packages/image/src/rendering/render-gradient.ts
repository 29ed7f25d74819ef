import type { FloatTensor } from "@xdeep/core";
import { XDeepError } from "@xdeep/core";
import { type NormalizeOptions, absolutePercentile, axesOf, requireFinite } from "@xdeep/map/values";
import type { ChannelOrder } from "../preprocessing/preprocessing.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";

export interface GradientImageOptions extends NormalizeOptions {
  /** As in ReduceOptions. */
  readonly layout?: "NCHW" | "NHWC" | undefined;
  /** Order of three channels. Default "rgb"; "bgr" for models of Caffe. One channel is grey whatever is said. */
  readonly channels?: ChannelOrder | undefined;
}

/**
 * An attribution of one or three channels as a picture of its own, as guided backpropagation is shown: zero is mid-grey (128),
 * each channel lighter where it is positive and darker where it is negative, all on one scale. A constant attribution is mid-grey everywhere.
 *
 * @throws {XDeepError} INPUT_SHAPE when there are not one or three channels, RESULT_NOT_FINITE for NaN or infinity.
 */
export function renderGradient(attribution: FloatTensor, options: GradientImageOptions = {}): RgbImage {
  const { channels, width, height, stride, step } = axesOf(attribution, options.layout);
  if (channels !== 1 && channels !== 3) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `A gradient is shown as a picture when it has 1 or 3 channels; [${attribution.dims.join(", ")}] has ${channels}. Use renderHeatMap().`,
      { details: { dims: attribution.dims } },
    );
  }
  requireFinite(attribution.data, attribution.dims);
  const scale = absolutePercentile(attribution.data, options.percentile);
  const isFlat = attribution.data.every((value) => value === attribution.data[0]);
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) {
    const color = options.channels === "bgr" ? 2 - (at % 3) : at % 3;
    const value = attribution.data[(channels === 1 ? 0 : color) * stride + Math.floor(at / 3) * step]!;
    data[at] = isFlat ? 128 : Math.round(128 + 127 * Math.max(-1, Math.min(1, value / scale)));
  }
  return { width, height, data };
}
