import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";

import { printable } from "@xdeep/core";
import { Command } from "commander";

import { leaveCoresToEngines } from "../batch/leave-cores-to-engines.ts";
import { rowJob } from "../batch/folder-job.ts";
import { type Io, noteTo } from "../io.ts";
import { plural } from "../print/text/plural.ts";
import { UsageError } from "../usage-error.ts";
import { integerFrom, parseFile, parseFolder } from "./parse-flag.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

/** `xdeep status`: how far many inputs are. */
export function statusCommand(io: Io): Command {
  return new Command("status")
    .summary("say how far many inputs are")
    .description("Says how many rows of a folder of results are explained, which failed and why, and which shards are missing. Others may be working on it.")
    .argument("<results>", "the --out of xdeep explain")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .action(async (results: string, { json = false }: { readonly json?: boolean }) => {
      const [{ batchStatus }, { describeStatus }] = await Promise.all([import("@xdeep/batch"), import("../print/print-batch.ts")]);
      const status = await batchStatus(results);
      io.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status, results));
    });
}

interface WorkFlags {
  readonly queue: string;
  readonly workers: number;
  readonly base?: string;
  readonly lease?: number;
}

/** `xdeep work`: explains shards that `xdeep explain --queue` hands out. */
export function workCommand(io: Io): Command {
  const command = new Command("work")
    .summary("explain shards that another machine hands out")
    .description(
      "Explains shards of xdeep explain --queue until all are written. Start it on as many machines as you like; each needs the folder of results, the inputs and the model. Ctrl-C or SIGTERM gives back what is begun.",
    )
    .argument("<results>", "the --out of xdeep explain, as this machine sees it")
    .requiredOption("--queue <redis>", "redis://host:6379, rediss:// for TLS, unix:///path")
    .option("--workers <n>", "threads, each with the model loaded", integerFrom(1), availableParallelism())
    .option("--base <folder>", "where relative paths of inputs and model begin on this machine (default: as on the one that hands out)")
    .option("--lease <seconds>", "after which a shard of a machine that is gone is given to another (default: 30)", integerFrom(1))
    .action(async (results: string, { queue, workers, base, lease }: WorkFlags) => {
      const { work } = await import("@xdeep/bullmq");
      let rows = 0;
      const onRows = ({ explained, failed }: { readonly explained: number; readonly failed: number }): void => void (rows += explained + failed);
      io.stdout.write(`${printable(results)}: ${plural(workers, "thread")}\n`);
      if (!existsSync(results)) io.stdout.write("waiting for this folder: xdeep explain --queue makes it when it hands out\n");
      leaveCoresToEngines();
      await work(results, { url: queue, workers, base, lease, module: rowJob(), signal: io.signal, onRows, onNotice: noteTo(io) }).finally(() =>
        io.stdout.write(`${plural(rows, "row")} explained here\n`),
      );
    });
  refuseRepeated(command);
  return command;
}

/** The options of `xdeep merge`. */
export interface MergeFlags {
  readonly out?: string;
  readonly report?: string;
  readonly partial?: boolean;
  readonly json?: boolean;
}

/** `xdeep merge`: shards as one array, and as one page. */
export function mergeCommand(io: Io): Command {
  const command = new Command("merge")
    .summary("put the shards of many inputs together")
    .description(
      'Writes one .npy array for each method, and rows.jsonl, in which "at" is a row\'s place in the arrays; with --report a page about all rows. Several folders may hold shards of the same job.',
    )
    .argument("<results...>", "folders that xdeep explain wrote with --out")
    .option("-o, --out <folder>", "where the arrays are written", parseFolder)
    .option("--report <file>", "one HTML page about all rows: classes, their mean maps, deltas, what failed; it stands alone", parseFile)
    .option("--partial", "merge what there is, although shards are missing")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .action(async (results: string[], flags: MergeFlags) => {
      if (flags.out === undefined && flags.report === undefined) {
        throw new UsageError("Where is the result to go? Name a folder for arrays by --out, a file for a page by --report, or both.");
      }
      const { mergeResults } = await import("../batch/merge-results.ts");
      await mergeResults(results, flags, io);
    });
  refuseRepeated(command);
  return command;
}
