import { type Tensor, type backend_util, pad, slice } from "@tensorflow/tfjs-core";

/** One axis of a convolution or a pooling. */
export interface WindowAxis {
  readonly inSize: number;
  readonly outSize: number;
  readonly filterSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
}

/** Both axes of a window that moves over images [N, H, W, C]. */
export interface WindowGeometry {
  readonly height: WindowAxis;
  readonly width: WindowAxis;
}

/** The geometry as core computed it. */
export function geometryOf(info: backend_util.Conv2DInfo): WindowGeometry {
  const { top, left } = info.padInfo;
  return {
    height: {
      inSize: info.inHeight,
      outSize: info.outHeight,
      filterSize: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      padBefore: top,
    },
    width: {
      inSize: info.inWidth,
      outSize: info.outWidth,
      filterSize: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      padBefore: left,
    },
  };
}

/**
 * How the input positions of one axis fall into phases, so that the input cotangent of a strided window needs no zeros between the entries of ȳ.
 *
 * An input position h = s q + p (phase p, coarse position q) is read by the output o through the tap k = h + pad − s o. With
 * i = k + lead = p + s a, where `lead` rounds the padding up to the stride, o = q + shift − a: each phase is a dense window of `taps` over ȳ.
 */
export interface PhaseAxis {
  /** Coarse positions. */
  readonly coarse: number;
  /** Zeros in front of the filter. */
  readonly lead: number;
  /** Taps of each phase. */
  readonly taps: number;
  /** q + shift − a is the output position. */
  readonly shift: number;
}

/** The phases of an axis without dilation. */
export function phasesOf({ inSize, filterSize, stride, padBefore }: WindowAxis): PhaseAxis {
  const lead = (stride - (padBefore % stride)) % stride;
  return { coarse: Math.ceil(inSize / stride), lead, taps: Math.ceil((filterSize + lead) / stride), shift: (padBefore + lead) / stride };
}

/** Pads axes 1 and 2, or cuts them where an amount is negative. */
export function padOrCut(t: Tensor, rows: readonly [number, number], columns: readonly [number, number], value = 0): Tensor {
  const [n = 0, height = 0, width = 0, channels = 0] = t.shape;
  const amounts = [...rows, ...columns];
  const [top, bottom, left, right] = amounts.map((amount) => Math.max(-amount, 0)) as [number, number, number, number];
  const inner = amounts.some((amount) => amount < 0) ? slice(t, [0, top, left, 0], [n, height - top - bottom, width - left - right, channels]) : t;
  if (amounts.every((amount) => amount <= 0)) return inner;
  const grow = ([before, after]: readonly [number, number]): [number, number] => [Math.max(before, 0), Math.max(after, 0)];
  return pad(inner, [[0, 0], grow(rows), grow(columns), [0, 0]], value);
}
