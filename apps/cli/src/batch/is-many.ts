import type { ExplainFlags } from "../commands/explain-flags.ts";

/** More inputs than this are explained in shards, whether or not somebody asked for it: three files and pictures for each would fill a folder. */
const MOST_SINGLE_INPUTS = 1000;

/** Whether inputs are explained in shards: where an option of these says so, inputs are tables, or they are many. */
export function isMany(flags: ExplainFlags, inputs: readonly string[], paths: readonly string[]): boolean {
  const { workers, shardSize, shardFormat, column, queue } = flags;
  return [workers, shardSize, shardFormat, column, queue].some((flag) => flag !== undefined) || inputs.some(isTableFile) || paths.length > MOST_SINGLE_INPUTS;
}

function isTableFile(path: string): boolean {
  return /\.(csv|parquet)$/i.test(path);
}
