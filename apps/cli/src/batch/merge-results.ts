import { type Merged, meanMaps, mergeShards, readResults, summarize } from "@xdeep/batch";
import { printable } from "@xdeep/core";

import type { MergeFlags } from "../commands/batch-commands.ts";
import { writeBatchReport } from "../html-report/collect-batch.ts";
import { MOST_CLASSES } from "../html-report/map-detail.ts";
import type { Io } from "../io.ts";
import { formatDims } from "../print/text/format-number.ts";

/**
 * `xdeep merge`: puts the shards of one or several folders together, as arrays, as a page, or both.
 *
 * @throws {XDeepError} as `mergeShards`, `summarize` and `writeBatchReport` do
 */
export async function mergeResults(folders: readonly string[], { out, report, partial = false, json = false }: MergeFlags, io: Io): Promise<void> {
  const results = await readResults(folders);
  const merged = out === undefined ? null : await mergeShards(results, out, { partial, signal: io.signal });
  if (report !== undefined) {
    const summary = await summarize(results, { whole: !partial });
    const means = await meanMaps(results, { classes: MOST_CLASSES, signal: io.signal });
    await writeBatchReport(report, { results, summary, means, command: io.argv ?? [] });
  }
  if (json) io.stdout.write(`${JSON.stringify({ out: out ?? null, report: report ?? null, ...merged }, null, 2)}\n`);
  else io.stdout.write(`${merged === null ? "" : describeMerged(merged, out!)}${report === undefined ? "" : `written ${printable(report)}\n`}`);
}

function describeMerged({ explained, rows, arrays }: Merged, out: string): string {
  const files = arrays.map(({ file, dims }) => `  ${printable(file)} ${formatDims(dims)}\n`).join("");
  return `${explained} of ${rows} rows in ${printable(out)}\n${files}  rows.jsonl\n`;
}
