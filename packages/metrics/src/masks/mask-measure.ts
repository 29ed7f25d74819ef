import { type Tensor, XDeepError, sizeOf } from "@xdeep/core";
import { checkOptionNames, firstNonFinite, demandOption } from "@xdeep/core/method";
import { blurMap } from "@xdeep/map/values";

import type { Explained, Metric } from "../metric.ts";
import { needed } from "../options.ts";
import { type PooledMap, pictureSize, pooledMaps } from "../maps/pooled-map.ts";

export interface MaskMeasureOptions {
  /** Take |A| in place of the positive part, where the sign says nothing. Default false. */
  readonly absolute?: boolean | undefined;
}

export interface PointingOptions extends MaskMeasureOptions {
  /** Standard deviation of a blur of the map's positive part before its maximum is looked for, in pixels: single pixels of a gradient say little. Default 0. */
  readonly blur?: number | undefined;
}

/** A positive map of one row, and where its evidence is. */
export interface MaskedMap {
  readonly map: Float64Array;
  readonly inside: Uint8Array;
  /** Positions inside, at least one. */
  readonly count: number;
}

/**
 * A measure of where the positive part of a map lies: channels are summed first, what is negative then is 0, and only then it is blurred, lest neighbours of
 * both signs cancel. A map without positive part finds nothing: 0.
 */
export function maskMeasure(name: string, options: PointingOptions, known: readonly string[], formula: (masked: MaskedMap) => number): Metric {
  checkOptionNames(name, options, known);
  const { absolute = false, blur = 0 } = options;
  demandOption(Number.isFinite(blur) && blur >= 0, name, "blur", blur, "a number of pixels, 0 or above");
  return {
    name,
    better: "higher",
    parameters: { absolute, ...(known.includes("blur") ? { blur } : {}) },
    async measure(explained) {
      const masks = readMasks(name, needed(name, "mask", explained.mask, "the place of the evidence"), explained);
      const maps = pooledMaps(explained, name, masks.size);
      return {
        values: maps.map((map, row) => {
          const positive = blurred({ ...map, data: map.data.map(absolute ? Math.abs : (value) => Math.max(value, 0)) }, blur);
          const inside = masks.rows[row]!;
          return positive.every((value) => value === 0) ? 0 : formula({ map: positive, inside, count: inside.reduce((sum, value) => sum + value, 0) });
        }),
      };
    },
  };
}

function blurred({ dims, data }: PooledMap, sigma: number): Float64Array {
  return dims.length === 2 ? blurMap({ height: dims[0]!, width: dims[1]!, data }, sigma).data : data;
}

/** Masks row by row, 1 inside and 0 outside. */
function readMasks(metric: string, mask: Tensor, explained: Explained): { readonly size: readonly number[]; readonly rows: readonly Uint8Array[] } {
  const { rows, values } = explained;
  const { dims } = Object.values(values)[0]!;
  const rank = dims.length === 4 ? 2 : dims.length - 1;
  const [size, lead] = [mask.dims.slice(-rank), mask.dims.slice(0, -rank)];
  const count = sizeOf(size);
  const picture = rank === 2 ? pictureSize(explained) : undefined;
  const isOfPicture = picture === undefined || String(picture) === String(size);
  const fits = isOfPicture && mask.dims.length >= rank && mask.data.length === count * rows && sizeOf(lead) === rows && lead.length <= 2;
  if (!fits) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `${metric}: the mask has dims [${mask.dims.join(", ")}]; it needs one value per position: [${rows}, ${rank === 2 ? (picture?.join(", ") ?? "height, width") : dims.slice(1).join(", ")}].`,
      { details: { metric, rows, expected: picture ?? null, got: mask.dims } },
    );
  }
  const index = firstNonFinite(mask);
  if (index >= 0)
    throw new XDeepError("INPUT_NOT_FINITE", `${metric}: the mask holds NaN or infinity, first at element ${index}.`, { details: { metric, index } });
  const read = Array.from({ length: rows }, (_, row) => Uint8Array.from({ length: count }, (__, i) => Number(Number(mask.data[row * count + i]) !== 0)));
  const empty = read.findIndex((inside) => !inside.includes(1));
  if (empty < 0) return { size, rows: read };
  throw new XDeepError("OPTION_INVALID", `${metric}: the mask of row ${empty} is empty. Leave out rows without evidence.`, {
    details: { metric, option: "mask", row: empty },
  });
}
