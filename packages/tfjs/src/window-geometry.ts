import { type Tensor, add, backend_util, concat, depthToSpace, pad, reshape, slice } from "@tensorflow/tfjs-core";

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
  return {
    height: {
      inSize: info.inHeight, outSize: info.outHeight, filterSize: info.filterHeight, stride: info.strideHeight, dilation: info.dilationHeight, padBefore: info.padInfo.top,
    },
    width: {
      inSize: info.inWidth, outSize: info.outWidth, filterSize: info.filterWidth, stride: info.strideWidth, dilation: info.dilationWidth, padBefore: info.padInfo.left,
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
export function padOrCut(t: Tensor, rows: readonly [number, number], columns: readonly [number, number]): Tensor {
  const [, height = 0, width = 0] = t.shape;
  const cut = (n: number): number => Math.max(-n, 0);
  const grow = (n: number): number => Math.max(n, 0);
  const isCut = [...rows, ...columns].some((n) => n < 0);
  const inner = isCut
    ? slice(t, [0, cut(rows[0]), cut(columns[0]), 0], [-1, height - cut(rows[0]) - cut(rows[1]), width - cut(columns[0]) - cut(columns[1]), -1])
    : t;
  if ([...rows, ...columns].every((n) => n <= 0)) return inner;
  return pad(inner, [[0, 0], [grow(rows[0]), grow(rows[1])], [grow(columns[0]), grow(columns[1])], [0, 0]]);
}

/** Puts phases [N, Qh, Qw, C], row-major over (ph, pw), together to [N, H, W, C]. */
export function interleave(phases: readonly Tensor[], { height, width }: WindowGeometry): Tensor {
  return interleaveChannels(phases.length === 1 ? phases[0]! : concat([...phases], 3), { height, width });
}

/** As `interleave`, from one tensor [N, Qh, Qw, sh · sw · C]. */
export function interleaveChannels(phases: Tensor, { height, width }: WindowGeometry): Tensor {
  const whole = height.stride === 1 && width.stride === 1 ? phases : spread(phases, height.stride, width.stride);
  const [, h = 0, w = 0] = whole.shape;
  return h === height.inSize && w === width.inSize ? whole : slice(whole, [0, 0, 0, 0], [-1, height.inSize, width.inSize, -1]);
}

function spread(phases: Tensor, sh: number, sw: number): Tensor {
  if (sh === sw) return depthToSpace(phases as Parameters<typeof depthToSpace>[0], sh);
  const [n = 1, h = 1, w = 1, channels = 1] = phases.shape;
  const rowSize = channels / sh;
  const rows = Array.from({ length: sh }, (_, p) => reshape(slice(phases, [0, 0, 0, p * rowSize], [-1, -1, -1, rowSize]), [n, h, 1, w * rowSize]));
  return reshape(concat(rows, 2), [n, h * sh, w * sw, rowSize / sw]);
}

/** Adds cotangents that may not be there yet. */
export function addTo(sum: Tensor | undefined, part: Tensor): Tensor {
  return sum === undefined ? part : add(sum, part);
}
