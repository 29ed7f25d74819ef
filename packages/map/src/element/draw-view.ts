import type { AttributionView, ViewKind } from "../view/attribution-view.ts";
import { describeView, nameOf } from "../view/describe-view.ts";
import { formatShare, formatValue } from "../view/format-value.ts";
import { cssColor, paintMap } from "../view/paint-map.ts";
import type { AttributionMap } from "../values/attribution-map.ts";
import { absolutePercentile } from "../values/normalize-map.ts";
import { cellFacts } from "../values/place-shares.ts";
import type { Parts } from "./element-parts.ts";
import type { Settings } from "./settings.ts";
import { barTable, pictureTables, valueTable } from "./value-tables.ts";

/** What is seen: a view, and its values with sign or without, in their unit. */
export interface Shown {
  readonly view: AttributionView;
  readonly map: AttributionMap;
  readonly names: readonly string[];
}

/** What `xdeep-cursor` says: which value is pointed at; null where none is. */
export type CursorDetail = {
  readonly at: number;
  readonly column: number;
  readonly row: number;
  readonly value: number;
  readonly share: number;
  readonly rank: number;
} | null;

/** Shows the parts that a view of this kind has, and hides the others. */
export function arrangeParts(
  parts: Parts,
  kind: ViewKind | undefined,
  { hasPicture, hasControls }: { readonly hasPicture: boolean; readonly hasControls: boolean },
): void {
  const { stage, words, bars, legend, readout, details, controls } = parts;
  stage.hidden = kind === undefined ? !hasPicture : kind !== "picture";
  words.hidden = kind !== "words";
  bars.hidden = kind !== "bars";
  legend.hidden = kind === undefined || kind === "bars";
  details.hidden = kind === undefined || kind === "bars";
  readout.hidden = kind !== "picture" && kind !== "words";
  controls.hidden = kind === undefined || !hasControls;
}

/** Draws values up to the end of their scale. `pictureWidth` is 0 where the map lies over nothing. */
export function drawView(
  parts: Parts,
  { view, map, names }: Shown,
  settings: Settings,
  { end, pictureWidth }: { readonly end: number; readonly pictureWidth: number },
): void {
  const { map: canvas, stage, words, bars } = parts;
  if (view.kind === "picture") {
    const clear = pictureWidth > 0;
    canvas.hidden = false;
    canvas.width = map.width;
    canvas.height = map.height;
    canvas.classList.toggle("coarse", !(pictureWidth > 4 * map.width));
    canvas.style.opacity = clear ? String(settings.opacity) : "1";
    const pixels = paintMap(map, { end, signed: settings.isSigned(view.kind), clear });
    canvas.getContext("2d")!.putImageData(new ImageData(pixels, map.width, map.height), 0, 0);
    stage.setAttribute("aria-label", `${settings.caption ?? "Attribution"}. ${describeView(view, names)}`);
  } else if (view.kind === "words") {
    // Lines break between words, not within them.
    words.replaceChildren(...Array.from(map.data, (value, at) => [wordSpan(nameOf(names, at), value, end, at), " "]).flat());
  } else {
    bars.replaceChildren(barTable(map, names, absolutePercentile(map.data, 100)));
  }
}

/** Writes the scale, and what the controls stand at. */
export function drawLegend(parts: Parts, { view }: Shown, settings: Settings, end: number): void {
  const { legend, low, high, note, sign, percentile, opacity } = parts;
  const signed = settings.isSigned(view.kind);
  legend.className = `legend ${signed ? "signed" : "unsigned"}`;
  low.textContent = signed ? `against ${settings.inWords(-end)}` : "0";
  high.textContent = signed ? `for ${settings.inWords(end)}` : settings.inWords(end);
  note.hidden = !settings.isShare;
  sign.value = signed ? "signed" : "unsigned";
  for (const [range, value] of [[percentile, settings.percentile] as const, [opacity, settings.opacity] as const]) {
    range.value = String(value);
    (range.nextElementSibling as HTMLOutputElement).value = range.value;
  }
}

/** Fills the tables, where they are open. */
export function drawTables({ details, tables }: Parts, { view, map, names }: Shown): void {
  if (details.open) tables.replaceChildren(...(view.kind === "picture" ? pictureTables(view, map) : [valueTable(map, names)]));
}

/** Marks the place that is pointed at, and says its value; null points nowhere. */
export function drawCursor(parts: Parts, shown: Shown | null, settings: Settings, at: number | null): CursorDetail {
  const { cursor, readout, words, bars } = parts;
  cursor.hidden = at === null || shown === null;
  for (const marked of [...words.querySelectorAll<HTMLElement>("[data-at]"), ...bars.querySelectorAll<HTMLElement>("[data-at]")]) {
    marked.classList.toggle("at", at !== null && marked.dataset["at"] === String(at));
  }
  if (shown === null || at === null) {
    readout.textContent = shown?.view.kind === "picture" ? "Point at a pixel, or use the arrow keys." : "";
    return null;
  }
  const { view, map, names } = shown;
  const { width, height } = map;
  const [column, row] = [at % width, Math.floor(at / width)];
  const { value, share, rank, of } = cellFacts(map, at);
  cursor.style.cssText = `left: ${((column + 0.5) / width) * 100}%; top: ${((row + 0.5) / height) * 100}%; width: ${100 / width}%; height: ${100 / height}%;`;
  const place = view.kind === "picture" ? `column ${column}, row ${row}` : nameOf(names, at);
  const size = settings.isShare ? settings.inWords(value) : `${formatValue(value)}, ${formatShare(share)}`;
  readout.textContent = `${place}: ${size} of the total, rank ${rank} of ${of}`;
  return { at, column, row, value, share, rank };
}

function wordSpan(word: string, value: number, end: number, at: number): HTMLElement {
  const span = document.createElement("span");
  span.textContent = word;
  span.style.background = cssColor(value, end);
  span.dataset["at"] = String(at);
  return span;
}
