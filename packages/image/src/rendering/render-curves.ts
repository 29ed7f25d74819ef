import { XDeepError } from "@xdeep/core";
import { schemeTableau10 } from "d3-scale-chromatic";

import { compose } from "./compose.ts";
import type { Shape } from "./contact-sheet-layout.ts";
import { type LabelFont, loadLabelFonts } from "../text/label-font.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";

/** Curves over one pair of axes. */
export interface CurvePlot {
  /** Above the axes. */
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** At least one; each in a colour of its own, named in the legend in this order. */
  readonly curves: readonly PlottedCurve[];
}

export interface PlottedCurve {
  readonly name: string;
  /** In ascending order. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const [WIDTH, HEIGHT] = [720, 440];
/** Around the axes. */
const MARGIN = { left: 76, top: 52, bottom: 62, right: 24 };
const LEGEND = { width: 210, line: 22, dash: 22 };
const [INK, FAINT, GRID] = ["#1b1b1b", "#555555", "#e4e4e4"];

/**
 * Draws curves with axes and a legend, on white, 720 × 440 pixels. Labels are outlines of a font that comes as a file, as those of contact sheets.
 *
 * @throws {XDeepError} OPTION_INVALID for a plot without curves, and for numbers that are not finite or not one y for each x
 */
export async function renderCurves(plot: CurvePlot): Promise<RgbImage> {
  checkPlot(plot);
  const { regular, bold } = await loadLabelFonts();
  const { title, xLabel, yLabel, curves } = plot;
  const area = { left: MARGIN.left, right: WIDTH - MARGIN.right - LEGEND.width, top: MARGIN.top, bottom: HEIGHT - MARGIN.bottom };
  const x = await axis(
    curves.flatMap((curve) => curve.x),
    area.left,
    area.right,
    6,
  );
  const y = await axis(
    curves.flatMap((curve) => curve.y),
    area.bottom,
    area.top,
    6,
  );
  const svg = [
    bold.draw(shortened(bold, title, 17, WIDTH - 2 * MARGIN.right), { x: MARGIN.right, y: 30, size: 17, ink: INK }),
    ...y.marks.flatMap(({ at, text }) => [line(area.left, at, area.right, at, GRID), endingAt(regular, text, area.left - 8, at + 4)]),
    ...x.marks.flatMap(({ at, text }) => [line(at, area.bottom, at, area.bottom + 5, FAINT), centred(regular, text, at, area.bottom + 20)]),
    line(area.left, area.bottom, area.right, area.bottom, FAINT),
    line(area.left, area.top, area.left, area.bottom, FAINT),
    centred(regular, xLabel, (area.left + area.right) / 2, HEIGHT - 16),
    `<g transform="rotate(-90 18 ${(area.top + area.bottom) / 2})">${centred(regular, yLabel, 18, (area.top + area.bottom) / 2 + 4)}</g>`,
    ...curves.map((curve, k) => path(curve, x.place, y.place, colorOf(k), k)),
    ...curves.flatMap((curve, k) => legendEntry(curve.name, k, area.right + 22, area.top + 8, regular)),
  ];
  const shapes = svg.map((each): Shape => ({ svg: each, top: 0, bottom: HEIGHT }));
  return compose({ width: WIDTH, height: HEIGHT, pictures: [], shapes });
}

function checkPlot({ curves }: CurvePlot): void {
  if (curves.length === 0) throw new XDeepError("OPTION_INVALID", "A plot needs at least one curve.");
  for (const { name, x, y } of curves) {
    if (x.length > 0 && x.length === y.length && [...x, ...y].every(Number.isFinite)) continue;
    throw new XDeepError("OPTION_INVALID", `Curve "${name}" needs finite numbers, one y for each x; it has ${x.length} and ${y.length}.`, {
      details: { curve: name },
    });
  }
}

interface Axis {
  /** Pixels of a value. */
  place(value: number): number;
  readonly marks: readonly { readonly at: number; readonly text: string }[];
}

/** From a tick below the lowest value to one above the highest. */
async function axis(values: readonly number[], start: number, end: number, count: number): Promise<Axis> {
  // Sixty files, for curves alone.
  const { extent, ticks } = await import("d3-array");
  const [lowest, highest] = extent(values) as [number, number];
  const [low, high] = highest > lowest ? [lowest, highest] : [lowest - 0.5, highest + 0.5];
  const inner = ticks(low, high, count);
  const step = inner.length > 1 ? inner[1]! - inner[0]! : high - low;
  // A value on a tick needs none beyond, whatever the last digit says.
  const [from, to] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  const place = (value: number): number => start + ((value - from) / (to - from)) * (end - start);
  const format = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4, useGrouping: false });
  return { place, marks: ticks(from, to, count).map((value) => ({ at: place(value), text: format.format(value) })) };
}

function path({ x, y }: PlottedCurve, across: Axis["place"], up: Axis["place"], color: string, k: number): string {
  const points = x.map((value, i) => `${across(value).toFixed(2)},${up(y[i]!).toFixed(2)}`).join(" ");
  return `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2.2" stroke-linejoin="round"${dashed(k)}/>`;
}

function colorOf(k: number): string {
  return schemeTableau10[k % schemeTableau10.length]!;
}

/** Colours come again after ten curves, with dashes. */
function dashed(k: number): string {
  return k < schemeTableau10.length ? "" : ' stroke-dasharray="6 4"';
}

function legendEntry(name: string, k: number, left: number, top: number, font: LabelFont): readonly string[] {
  const y = top + k * LEGEND.line;
  const stroke = `<line x1="${left}" y1="${y}" x2="${left + LEGEND.dash}" y2="${y}" stroke="${colorOf(k)}" stroke-width="3"${dashed(k)}/>`;
  const text = shortened(font, name, 14, LEGEND.width - LEGEND.dash - 30);
  return [stroke, font.draw(text, { x: left + LEGEND.dash + 8, y: y + 5, size: 14, ink: INK })];
}

function line(x1: number, y1: number, x2: number, y2: number, color: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}"/>`;
}

function centred(font: LabelFont, text: string, x: number, y: number): string {
  return font.draw(text, { x: x - font.widthOf(text, 13) / 2, y, size: 13, ink: FAINT });
}

function endingAt(font: LabelFont, text: string, x: number, y: number): string {
  return font.draw(text, { x: x - font.widthOf(text, 13), y, size: 13, ink: FAINT });
}

function shortened(font: LabelFont, text: string, size: number, width: number): string {
  if (font.widthOf(text, size) <= width) return text;
  let kept = text;
  while (kept.length > 1 && font.widthOf(`${kept}…`, size) > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}
