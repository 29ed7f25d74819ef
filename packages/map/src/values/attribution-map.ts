import { type FloatTensor, XDeepError, sizeOf } from "@xdeep/core";

/** One value for each pixel, rows from top to bottom. */
export interface AttributionMap {
  readonly width: number;
  readonly height: number;
  /** `width * height` values, in float64 so that sums over channels keep what float32 gradients hold. */
  readonly data: Float64Array;
}

/** How the channels of a pixel become one value: Σ|a|, Σa (signed), |Σa|, or max|a|. */
export type ChannelReduction = "sumAbs" | "sum" | "absSum" | "maxAbs";

export interface ReduceOptions {
  /** Default: NHWC when only the last axis has the length of a colour (1 or 3), otherwise NCHW. */
  readonly layout?: "NCHW" | "NHWC" | undefined;
  /**
   * Default: Σ|a| over the channels of a picture, four at most; |Σa| over more, as those of inner values: their attributions for and against
   * the target cancel at a place, and Σ|a| of hundreds shows little but noise.
   */
  readonly reduce?: ChannelReduction | undefined;
}

/** Pictures have no more: red, green, blue and opacity. */
const MOST_COLORS = 4;

const REDUCTIONS: Readonly<Record<ChannelReduction, (sum: number, value: number) => number>> = {
  sumAbs: (sum, value) => sum + Math.abs(value),
  sum: (sum, value) => sum + value,
  absSum: (sum, value) => sum + value,
  maxAbs: (largest, value) => Math.max(largest, Math.abs(value)),
};

/**
 * The attribution of each pixel: the channel axis reduced.
 *
 * Takes [H, W], [C, H, W], [H, W, C], [1, C, H, W] and [1, H, W, C]. A map is returned as it is.
 *
 * @throws {XDeepError} INPUT_SHAPE for other dims, RESULT_NOT_FINITE for NaN or infinity, OPTION_INVALID for an unknown option.
 */
export function reduceChannels(attribution: FloatTensor | AttributionMap, options: ReduceOptions = {}): AttributionMap {
  if (!("dims" in attribution)) {
    requireFinite(attribution.data, [attribution.height, attribution.width]);
    return attribution;
  }
  const { channels, height, width, stride, step } = axesOf(attribution, options.layout);
  const { reduce = channels > MOST_COLORS ? "absSum" : "sumAbs" } = options;
  if (!Object.hasOwn(REDUCTIONS, reduce)) {
    throw new XDeepError("OPTION_INVALID", `Option "reduce" is one of "${Object.keys(REDUCTIONS).join('", "')}"; got "${reduce}".`);
  }
  requireFinite(attribution.data, attribution.dims);
  const combine = REDUCTIONS[reduce];
  const data = new Float64Array(width * height);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < data.length; pixel++) {
      data[pixel] = combine(data[pixel]!, attribution.data[channel * stride + pixel * step]!);
    }
  }
  return { width, height, data: reduce === "absSum" ? data.map(Math.abs) : data };
}

/** Sizes of the image axes, and where the value of a channel and pixel lies: `channel * stride + pixel * step`. */
export interface ImageAxes extends Pick<AttributionMap, "width" | "height"> {
  readonly channels: number;
  readonly stride: number;
  readonly step: number;
}

/**
 * Finds channels, height and width in the dims of an attribution.
 *
 * @throws {XDeepError} INPUT_SHAPE when it is not one picture, INPUT_TYPE when it is not float32, OPTION_INVALID for an unknown layout.
 */
export function axesOf(attribution: FloatTensor, layout?: "NCHW" | "NHWC"): ImageAxes {
  if (layout !== undefined && layout !== "NCHW" && layout !== "NHWC") {
    throw new XDeepError("OPTION_INVALID", `Option "layout" is "NCHW" or "NHWC"; got "${String(layout)}".`);
  }
  const { dims, data, type } = attribution;
  if (type !== "float32") throw new XDeepError("INPUT_TYPE", `An attribution is a float32 tensor, got ${String(type)}.`);
  const axes = imageAxes(dims);
  if (axes === null || sizeOf(axes) === 0 || data.length !== sizeOf(dims)) throw notOnePicture(dims, data.length);
  const [first, second, third] = axes;
  const isLast = (layout ?? inferLayout(first, second, third)) === "NHWC" && dims.length > 2;
  if (!isLast) return { channels: first, height: second, width: third, stride: second * third, step: 1 };
  return { channels: third, height: first, width: second, stride: 1, step: third };
}

/** The last three axes; [H, W] counts as [1, H, W]. Null where the dims are not those of one picture. */
function imageAxes(dims: readonly number[]): [number, number, number] | null {
  const axes = dims.length === 4 && dims[0] === 1 ? dims.slice(1) : dims;
  if (axes.length === 2) return [1, axes[0]!, axes[1]!];
  return axes.length === 3 ? [axes[0]!, axes[1]!, axes[2]!] : null;
}

/** [224, 224, 3] can only be NHWC; [64, 3, 3] is more likely 64 channels of an inner value. */
function inferLayout(first: number, second: number, third: number): "NCHW" | "NHWC" {
  const isColor = (length: number): boolean => length === 1 || length === 3;
  return isColor(third) && !isColor(first) && second > third ? "NHWC" : "NCHW";
}

function notOnePicture(dims: readonly number[], length: number): XDeepError {
  const rows = dims.length === 4 && dims[0]! > 1 ? ` It holds ${dims[0]} rows: render each, with sliceRows(attribution, n, n + 1).` : "";
  return new XDeepError(
    "INPUT_SHAPE",
    `An attribution that can be drawn has dims [H, W], [C, H, W], [H, W, C], [1, C, H, W] or [1, H, W, C]; ` +
      `got [${dims.join(", ")}] with ${length} values.${rows}`,
    { details: { dims, length } },
  );
}

/**
 * Refuses what cannot be drawn.
 *
 * @throws {XDeepError} RESULT_NOT_FINITE when a value is NaN or infinite.
 */
export function requireFinite(data: Float32Array | Float64Array, dims: readonly number[]): void {
  const isBad = (value: number): boolean => !Number.isFinite(value);
  const first = data.findIndex(isBad);
  if (first === -1) return;
  const count = data.filter(isBad).length;
  throw new XDeepError(
    "RESULT_NOT_FINITE",
    `${count} of ${data.length} values of the attribution [${dims.join(", ")}] are NaN or infinite, the first at flat index ${first} ` +
      `(${data[first]}). A picture of it would mislead; look at the model's input and weights for overflow.`,
    { details: { count, first, dims } },
  );
}
