import type { AttributionMap } from "../values/attribution-map.ts";
import type { AttributionView } from "../view/attribution-view.ts";
import { nameOf } from "../view/describe-view.ts";
import { formatShare, formatValue } from "../view/format-value.ts";
import { byStrength, cellFacts, placeShares } from "../values/place-shares.ts";

/** Rows of a table that people read. */
const MOST_ROWS = 40;
const STRONGEST_CELLS = 10;

/** The numbers of a picture: how much lies in each of its parts, and its strongest pixels. */
export function pictureTables({ signed, unsigned }: AttributionView, shown: AttributionMap): readonly HTMLTableElement[] {
  const cancelled = new Map(placeShares(signed).map((place) => [place.name, place]));
  const places = placeShares(unsigned).map(({ name, share }) => {
    const { positive, negative } = cancelled.get(name)!;
    return [name, formatShare(share), formatValue(positive), formatValue(negative)];
  });
  const cells = byStrength(shown, STRONGEST_CELLS).map((at) => {
    const { value, share } = cellFacts(shown, at);
    return [`column ${at % shown.width}, row ${Math.floor(at / shown.width)}`, formatValue(value), formatShare(share)];
  });
  return [table("How much lies where", ["part", "share", "for", "against"], places), table("The strongest values", ["pixel", "value", "share"], cells)];
}

/** Names with their values, in their own order; the strongest alone where there are many. */
export function valueTable(map: AttributionMap, names: readonly string[]): HTMLTableElement {
  const rows = shownPlaces(map).map((at) => {
    const { value, share } = cellFacts(map, at);
    return [nameOf(names, at), formatValue(value), formatShare(share)];
  });
  return table(captionFor(map), ["name", "value", "share"], rows);
}

/** A bar for each value, right of the middle for what is positive. Rows know their place as `data-at`. */
export function barTable(map: AttributionMap, names: readonly string[], end: number): HTMLTableElement {
  const bars = valueTable(map, names);
  bars.tHead!.rows[0]!.children[0]!.after(heading("", "col"));
  const places = shownPlaces(map);
  for (const [n, row] of [...bars.tBodies[0]!.rows].entries()) {
    const value = map.data[places[n]!]!;
    const bar = document.createElement("div");
    bar.className = value < 0 ? "against" : "for";
    bar.style.width = `${end === 0 ? 0 : Math.min(50, (Math.abs(value) / end) * 50)}%`;
    const cell = document.createElement("td");
    cell.className = "bar";
    cell.append(bar);
    row.children[0]!.after(cell);
    row.dataset["at"] = String(places[n]);
  }
  return bars;
}

function shownPlaces(map: AttributionMap): readonly number[] {
  return byStrength(map, MOST_ROWS).toSorted((a, b) => a - b);
}

function captionFor({ data }: AttributionMap): string {
  return data.length > MOST_ROWS ? `The ${MOST_ROWS} strongest of ${data.length}` : "";
}

function table(caption: string, headings: readonly string[], rows: readonly (readonly string[])[]): HTMLTableElement {
  const made = document.createElement("table");
  if (caption !== "") made.createCaption().textContent = caption;
  made
    .createTHead()
    .insertRow()
    .append(...headings.map((text) => heading(text, "col")));
  const body = made.createTBody();
  for (const [first, ...others] of rows) {
    const row = body.insertRow();
    row.append(heading(first!, "row"));
    for (const text of others) row.insertCell().textContent = text;
  }
  return made;
}

function heading(text: string, scope: "col" | "row"): HTMLTableCellElement {
  const cell = document.createElement(text === "" ? "td" : "th");
  cell.textContent = text;
  if (text !== "") cell.setAttribute("scope", scope);
  return cell;
}
