import { batchStatus, mergeShards } from "@xdeep/batch";
import { printable } from "@xdeep/core";
import { Command } from "commander";

import type { Io } from "../io.ts";
import { formatDims } from "../print/format-number.ts";
import { describeStatus } from "../print/print-batch.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

/** `xdeep status`: how far many inputs are. */
export function statusCommand(io: Io): Command {
  return new Command("status")
    .summary("say how far many inputs are")
    .description("Says how many rows of a folder of results are explained, which failed and why, and which shards are missing. Others may be working on it.")
    .argument("<results>", "the --out of xdeep explain")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .action(async (results: string, { json = false }: { readonly json?: boolean }) => {
      const status = await batchStatus(results);
      io.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status, results));
    });
}

interface MergeFlags {
  readonly out: string;
  readonly partial?: boolean;
  readonly json?: boolean;
}

/** `xdeep merge`: shards as one array. */
export function mergeCommand(io: Io): Command {
  const command = new Command("merge")
    .summary("put the shards of many inputs together")
    .description(
      'Writes one .npy array for each method, and rows.jsonl, in which "at" is a row\'s place in the arrays. Several folders may hold shards of the same job.',
    )
    .argument("<results...>", "folders that xdeep explain wrote with --out")
    .requiredOption("-o, --out <folder>", "where the arrays are written")
    .option("--partial", "merge what there is, although shards are missing")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .action(async (results: string[], { out, partial, json = false }: MergeFlags) => {
      const merged = await mergeShards(results, out, { partial, signal: io.signal });
      if (json) io.stdout.write(`${JSON.stringify({ out, ...merged }, null, 2)}\n`);
      else
        io.stdout.write(
          `${merged.explained} of ${merged.rows} rows in ${printable(out)}\n${merged.arrays.map(({ file, dims }) => `  ${printable(file)} ${formatDims(dims)}\n`).join("")}  rows.jsonl\n`,
        );
    });
  refuseRepeated(command);
  return command;
}
