import { join } from "node:path";

import { type BatchStatus, type BatchSummary, type Manifest, shardCount } from "@xdeep/batch";
import { printable } from "@xdeep/core";

import { describeTarget } from "./describe-target.ts";
import { formatNumber } from "./text/format-number.ts";
import { plural } from "./text/plural.ts";
import { textTable } from "./text/text-table.ts";

const MOST_CLASSES = 10;
const MOST_WORST = 3;

/** What will be done. */
export function describeBatch(manifest: Manifest, { workers, out }: { readonly workers: string; readonly out: string }): string {
  const { rows, shardSize, shardFormat, id } = manifest;
  const shards = shardCount(manifest);
  return (
    `  rows     ${rows}, in ${plural(shards, "shard")} of ${shardSize} (${shardFormat}) in ${printable(join(out, "shards"))}\n` +
    `  workers  ${printable(workers)}\n  job      ${id.slice(0, 12)}\n`
  );
}

/** How far a folder of results is. */
export function describeStatus({ manifest, rows, shards, errors, failures, begun }: BatchStatus, out: string): string {
  const done = rows.explained + rows.failed;
  const lines = [
    `${printable(out)}, job ${manifest.slice(0, 12)}`,
    `  rows     ${done} of ${rows.total} done (${Math.floor((100 * done) / rows.total)}%), ${rows.failed} of them failed`,
    `  shards   ${shards.done} of ${shards.total} written${begun.length === 0 ? "" : `; begun: ${listed(begun)}`}`,
    ...(shards.missing.length === 0 ? [] : [`  missing  ${listed(shards.missing)}`]),
    ...errorLines(errors, failures),
  ];
  return `${lines.join("\n")}\n`;
}

/** What was found, and where it is. */
export function describeSummary(
  status: BatchStatus,
  summary: BatchSummary,
  { out, report }: { readonly out: string; readonly report: string | undefined },
): string {
  const { rows, errors, failures } = status;
  const shown = summary.classes.slice(0, MOST_CLASSES);
  const left = summary.classes.length - shown.length;
  const classes = textTable(
    [{ heading: "" }, { heading: "explained" }, { heading: "rows", align: "right" }, { heading: "mean score", align: "right" }],
    shown.map(({ target, name, rows: count, meanScore }) => [describeTarget(target), name ?? "", String(count), formatNumber(meanScore)]),
    "    ",
  );
  const lines = [
    "",
    `${rows.explained} of ${rows.total} rows explained${rows.failed === 0 ? "" : `, ${rows.failed} failed`}`,
    ...errorLines(errors, failures),
    ...(shown.length === 0 ? [] : [classes]),
    ...(left > 0 ? [`    and ${left} more in summary.json`] : []),
    ...Object.entries(summary.deltas).flatMap(([name, { median, p90, max, worst }]) => [
      `  delta    ${printable(name)}: median ${formatNumber(median)}, 90% below ${formatNumber(p90)}, largest ${formatNumber(max)}`,
      ...worst.slice(0, MOST_WORST).map((row) => `           ${formatNumber(row.delta)}  ${printable(row.name)}`),
    ]),
    `  written  ${printable(join(out, rows.explained === 0 ? "{shards,summary.json}" : "{shards,means,summary.json}"))}`,
    ...(report === undefined ? [] : [`  written  ${printable(report)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function errorLines(errors: BatchStatus["errors"], failures: BatchStatus["failures"]): readonly string[] {
  return Object.entries(errors).map(([code, count]) => {
    const first = failures.find((failure) => failure.code === code);
    return `  failed   ${count} with ${code}${first === undefined ? "" : `, such as ${printable(first.name)}`}`;
  });
}

function listed(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 10).join(", ");
  return numbers.length > 10 ? `${shown} and ${numbers.length - 10} more` : shown;
}
