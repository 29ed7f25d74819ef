import type { FloatTensor } from "@xdeep/core";

import { formatNumber } from "./text/format-number.ts";
import type { Labels } from "../inputs/labels.ts";
import { textTable } from "./text/text-table.ts";

/** More features than this are not printed; the file has them all. */
const MOST_ROWS = 20;

/** The attribution of one row, [1, …], feature by feature: all in order, or where they are many the largest by absolute value, largest first. */
export function attributionTable({ dims, data }: FloatTensor, features: Labels | null): { readonly text: string; readonly left: number } {
  const axes = dims.slice(1);
  const entries = Array.from(data, (value, index) => ({ value, index }));
  const shown = entries.length <= MOST_ROWS ? entries : entries.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_ROWS);
  const largest = shown.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
  const rows = shown.map(({ value, index }) => [place(index, axes), features?.[index] ?? "", formatNumber(value), bar(value, largest)]);
  const columns = [{ heading: "", align: "right" }, { heading: "" }, { heading: "", align: "right" }, { heading: "" }] as const;
  return { text: textTable(columns, rows, "      "), left: entries.length - shown.length };
}

const BAR_LENGTH = 20;

/** "+" for the score, "-" against it. */
function bar(value: number, largest: number): string {
  const length = largest === 0 ? 0 : Math.round((Math.abs(value) / largest) * BAR_LENGTH);
  return (value < 0 ? "-" : "+").repeat(length);
}

/** 3, or [3, 10] where a row has several axes. */
function place(flat: number, axes: readonly number[]): string {
  if (axes.length <= 1) return String(flat);
  let rest = flat;
  const index = axes.toReversed().map((dim) => {
    const entry = rest % dim;
    rest = (rest - entry) / dim;
    return entry;
  });
  return `[${index.toReversed().join(", ")}]`;
}
