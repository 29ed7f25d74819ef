import { mean } from "./object-share.ts";
import type { Study } from "./study.ts";

const HEADINGS = ["method", "on the object", "in its half", "deletion", "random net", "gradients", "ms a picture"];

/** One line of measures per method, next to what a blind guess would have, as text. */
export function shareTable(study: Study): string {
  const rows = study.results.map(({ method, shares, milliseconds, measures }) => [
    method.name,
    percent(mean(shares)),
    percent(measures.half),
    measures.deletion.toFixed(2),
    measures.randomized.toFixed(2),
    String(method.gradients),
    (milliseconds / shares.length).toFixed(1),
  ]);
  return columns([HEADINGS, ["(a blind guess)", percent(mean(study.areas)), percent(0.5), "", "", "", ""], ...rows]);
}

/** Names on the left, numbers under each other's last digit. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, n) => Math.max(...rows.map((row) => row[n]!.length)));
  const line = (row: readonly string[]): string => row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!))).join("  ");
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join("\n");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
