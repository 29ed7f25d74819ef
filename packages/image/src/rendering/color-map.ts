import { XDeepError } from "@xdeep/core";
import { rgb } from "d3-color";
import {
  interpolateBrBG,
  interpolateCividis,
  interpolateInferno,
  interpolateMagma,
  interpolatePlasma,
  interpolatePuOr,
  interpolateRdBu,
  interpolateTurbo,
  interpolateViridis,
} from "d3-scale-chromatic";
import type { RgbColor } from "../pixels/rgb-image.ts";

/** From nothing to much. `grey` is black to white, as in the SmoothGrad paper. */
export type SequentialColorMap = "inferno" | "magma" | "plasma" | "viridis" | "cividis" | "turbo" | "grey";

/** From negative over neutral to positive. `RdBu` has positive values red and negative ones blue; `PuOr` and `BrBG` do without both. */
export type DivergingColorMap = "RdBu" | "PuOr" | "BrBG";

/** A colour scale of one's own: a position 0…1 to a CSS colour, as every `interpolate…` of d3-scale-chromatic. */
export type ColorInterpolator = (position: number) => string;

const SEQUENTIAL: Readonly<Record<SequentialColorMap, ColorInterpolator>> = {
  inferno: interpolateInferno,
  magma: interpolateMagma,
  plasma: interpolatePlasma,
  viridis: interpolateViridis,
  cividis: interpolateCividis,
  turbo: interpolateTurbo,
  grey: (position) => rgb(position * 255, position * 255, position * 255).formatRgb(),
};

const DIVERGING: Readonly<Record<DivergingColorMap, ColorInterpolator>> = {
  RdBu: (position) => interpolateRdBu(1 - position),
  PuOr: (position) => interpolatePuOr(1 - position),
  BrBG: (position) => interpolateBrBG(1 - position),
};

/** Maps a position 0…1 to a colour. */
export type ColorScale = (position: number) => RgbColor;

/** @throws {XDeepError} OPTION_INVALID for an unknown name, or an interpolator that gives no colour. */
export function sequentialScale(colorMap: SequentialColorMap | ColorInterpolator): ColorScale {
  return tabulate(typeof colorMap === "function" ? colorMap : byName(SEQUENTIAL, colorMap));
}

/** @throws {XDeepError} OPTION_INVALID for an unknown name, or an interpolator that gives no colour. */
export function divergingScale(colorMap: DivergingColorMap | ColorInterpolator): ColorScale {
  return tabulate(typeof colorMap === "function" ? colorMap : byName(DIVERGING, colorMap));
}

function byName<T extends string>(maps: Readonly<Record<T, ColorInterpolator>>, name: T): ColorInterpolator {
  if (Object.hasOwn(maps, name)) return maps[name];
  throw new XDeepError("OPTION_INVALID", `Option "colorMap" is a function or one of "${Object.keys(maps).join('", "')}"; got "${String(name)}".`);
}

/** Parsing a CSS colour per pixel is slow. An odd number of entries, so that the middle of a diverging scale is one of them. */
function tabulate(interpolate: ColorInterpolator): ColorScale {
  const last = 512;
  const table = Array.from({ length: last + 1 }, (_, entry) => parseColor(interpolate(entry / last)));
  return (position) => table[Math.round(position * last)]!;
}

function parseColor(text: string): RgbColor {
  const color = rgb(text);
  if (Number.isFinite(color.r + color.g + color.b)) return [Math.round(color.r), Math.round(color.g), Math.round(color.b)];
  throw new XDeepError("OPTION_INVALID", `Option "colorMap" gave "${text}", which is no CSS colour.`);
}
