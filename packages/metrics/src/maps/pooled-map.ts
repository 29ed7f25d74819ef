import { type FloatTensor, XDeepError } from "@xdeep/core";
import { pictureInput, resizePlane } from "@xdeep/core/method";

import type { Explained } from "../metric.ts";

/** A row's attribution, one number for each position. */
export interface PooledMap {
  /** Height and width, or the dims of a sample. */
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/**
 * The attribution of each row with its channels summed: of a picture one number per pixel. A map of a layer is enlarged to `size`, bilinearly, with half-pixel
 * centres.
 *
 * @param size height and width that the map is for; undefined leaves it as it is
 * @throws {XDeepError} OPTION_INVALID where several values were attributed to; INPUT_SHAPE where the map is not of that size and belongs to no layer
 */
export function pooledMaps(explained: Explained, metric: string, size?: readonly number[]): readonly PooledMap[] {
  const [first, ...others] = Object.entries(explained.values);
  if (others.length > 0) {
    throw new XDeepError("OPTION_INVALID", `${metric} looks at one map, and attributions to ${1 + others.length} values were given. Name one in \`wrt\`.`, {
      details: { metric, option: "wrt", values: Object.keys(explained.values) },
    });
  }
  const [name, tensor] = first!;
  const axis = channelAxisOf(explained, tensor, size);
  const maps = Array.from({ length: explained.rows }, (_, row) => sumChannels(tensor, row, axis));
  return size === undefined ? maps : maps.map((map) => fitted(map, name, size, explained.attribution.layer !== undefined));
}

/** Of pictures; null where entries are positions by themselves. A stored map says no order of axes: the one that fits the mask is taken, channels first before last. */
function channelAxisOf({ model, attribution }: Explained, { dims }: FloatTensor, size: readonly number[] | undefined): 1 | 3 | null {
  if (dims.length !== 4) return null;
  const axes = [1, 3] as const;
  const single = axes.find((axis) => dims[axis] === 1);
  if (single !== undefined) return single;
  const layout = attribution.layer === undefined && model !== undefined ? pictureInput(model.inputs)?.layout : null;
  if (layout != null) return layout === "NHWC" ? 3 : 1;
  return axes.find((axis) => size !== undefined && String(areaBeside(dims, axis)) === String(size)) ?? 1;
}

function areaBeside(dims: readonly number[], channelAxis: 1 | 3): readonly number[] {
  return channelAxis === 1 ? dims.slice(2) : dims.slice(1, 3);
}

function sumChannels({ dims, data }: FloatTensor, row: number, axis: 1 | 3 | null): PooledMap {
  const size = data.length / dims[0]!;
  const own = Float64Array.from(data.subarray(row * size, (row + 1) * size));
  if (axis === null) return { dims: dims.slice(1), data: own };
  const area = areaBeside(dims, axis);
  const [channels, positions] = [dims[axis]!, area[0]! * area[1]!];
  const pooled = new Float64Array(positions).map((_, position) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += own[axis === 1 ? channel * positions + position : position * channels + channel]!;
    return sum;
  });
  return { dims: area, data: pooled };
}

function fitted(map: PooledMap, name: string, size: readonly number[], isOfLayer: boolean): PooledMap {
  if (String(map.dims) === String(size)) return map;
  if (isOfLayer && map.dims.length === 2 && size.length === 2) {
    const enlarged = resizePlane(map.data, map.dims as readonly [number, number], size as readonly [number, number]);
    return { dims: size, data: Float64Array.from(enlarged) };
  }
  throw new XDeepError("INPUT_SHAPE", `The map of "${name}" has [${map.dims.join(", ")}] positions, and [${size.join(", ")}] are needed.`, {
    details: { value: name, expected: size, got: map.dims },
  });
}

/** Height and width of the picture that the subject has; undefined where it has none. */
export function pictureSize({ model, feeds }: Explained): readonly number[] | undefined {
  const picture = model === undefined ? undefined : pictureInput(model.inputs);
  const dims = picture === undefined ? undefined : feeds?.feeds[picture.name]?.dims;
  if (dims === undefined) return undefined;
  return picture!.layout === "NHWC" ? dims.slice(1, 3) : dims.slice(2, 4);
}

/** That of the picture to which a layer's map is enlarged. */
export function layerPictureSize(explained: Explained): readonly number[] | undefined {
  return explained.attribution.layer === undefined ? undefined : pictureSize(explained);
}
