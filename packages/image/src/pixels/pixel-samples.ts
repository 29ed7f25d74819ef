/** How pixels between pixels are found, by the names that Pillow, torchvision and timm have for them. */
export type PixelInterpolation = "nearest" | "box" | "bilinear" | "hamming" | "bicubic" | "lanczos";

/** A filter that weighs pixels by their distance from the new pixel's centre, in pixels of the smaller of the two rasters. */
interface PixelFilter {
  /** The weight is 0 beyond. */
  readonly reach: number;
  readonly weightAt: (distance: number) => number;
}

/** Those of Pillow's Resample.c; its Hamming window has float32 constants. */
const FILTERS: Readonly<Record<Exclude<PixelInterpolation, "nearest">, PixelFilter>> = {
  box: { reach: 0.5, weightAt: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { reach: 1, weightAt: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { reach: 1, weightAt: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(Math.PI * x))) },
  bicubic: { reach: 2, weightAt: keys },
  lanczos: { reach: 3, weightAt: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** As `Preprocessing.interpolation` takes them. */
export const PIXEL_INTERPOLATIONS: readonly PixelInterpolation[] = ["nearest", ...(Object.keys(FILTERS) as (keyof typeof FILTERS)[])];

/** Which pixels a new pixel is made of: those from `first` on, with these weights, whose sum is 1. */
export interface PixelSample {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * One sample for each new pixel along one axis. Where a raster shrinks the filter is widened by the same factor, so that it does not alias;
 * at the edges the weights are those of the pixels that exist: Pillow's `resize`, and torch's `interpolate(antialias=True)`.
 */
export function pixelSamples(from: number, to: number, interpolation: PixelInterpolation): PixelSample[] {
  const factor = from / to;
  if (interpolation === "nearest") {
    return Array.from({ length: to }, (_, at) => ({ first: Math.min(from - 1, Math.floor((at + 0.5) * factor)), weights: [1] }));
  }
  const { reach, weightAt } = FILTERS[interpolation];
  const widening = Math.max(1, factor);
  return Array.from({ length: to }, (_, at) => {
    const center = (at + 0.5) * factor;
    const first = Math.max(0, Math.floor(center - reach * widening + 0.5));
    const end = Math.min(from, Math.floor(center + reach * widening + 0.5));
    const weights = Array.from({ length: end - first }, (__, tap) => weightAt((first + tap - center + 0.5) * (1 / widening)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

/** The cubic of Keys (1981) with a = −0.5. */
function keys(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
