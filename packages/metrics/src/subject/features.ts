import type { Part } from "./moving-input.ts";

/** Entries that are removed together: a pixel with all its channels, a patch of pixels, a token with its embedding, or one entry. */
export interface Features {
  readonly count: number;
  /** The feature that each entry belongs to. */
  readonly of: Int32Array;
}

/** "position": pixels of pictures and tokens of sequences, single entries elsewhere. "entry": every entry by itself. A number: the side of patches of pixels. */
export type FeatureKind = "position" | "entry" | number;

/** Groups the entries of all parts. */
export function groupEntries(parts: readonly Part[], kind: FeatureKind): Features {
  const of = new Int32Array(parts.reduce((sum, { size }) => sum + size, 0));
  let count = 0;
  for (const part of parts) {
    const groups = kind === "entry" ? entries(part) : positions(part, typeof kind === "number" ? kind : 1);
    for (let i = 0; i < part.size; i++) of[part.offset + i] = count + groups.at(i);
    count += groups.count;
  }
  return { count, of };
}

/** The side of patches that cut a picture into about 14 × 14; 1 where there is no picture. */
export function defaultPatch(parts: readonly Part[]): number {
  const sides = parts.filter(({ layout }) => layout !== null).map((part) => Math.min(...areaOf(part)));
  return sides.length === 0 ? 1 : Math.max(1, Math.round(Math.min(...sides) / 14));
}

/** Height and width of a picture. */
export function areaOf({ dims, layout }: Part): readonly [height: number, width: number] {
  return layout === "NHWC" ? [dims[0]!, dims[1]!] : [dims[1]!, dims[2]!];
}

/** Sums over the entries of each feature. */
export function sumByFeature({ count, of }: Features, values: Float64Array): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < values.length; i++) sums[of[i]!] = sums[of[i]!]! + values[i]!;
  return sums;
}

interface Groups {
  readonly count: number;
  at(entry: number): number;
}

function entries({ size }: Part): Groups {
  return { count: size, at: (i) => i };
}

function positions(part: Part, patch: number): Groups {
  const { dims, size, layout } = part;
  if (layout === null) {
    // [tokens, width of the embedding]: the last axis belongs to one token.
    const width = dims.length === 2 ? dims[1]! : 1;
    return { count: size / width, at: (i) => Math.floor(i / width) };
  }
  const [height, width] = areaOf(part);
  const channels = size / (height * width);
  const [down, across] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  const pixelOf = (i: number): number => (layout === "NHWC" ? Math.floor(i / channels) : i % (height * width));
  return {
    count: down * across,
    at(i) {
      const pixel = pixelOf(i);
      return Math.floor(Math.floor(pixel / width) / patch) * across + Math.floor((pixel % width) / patch);
    },
  };
}
