import type { ExplainFlags } from "../commands/explain-flags.ts";

/** More inputs than this are explained in shards, whether or not somebody asked for it: three files and pictures for each would fill a folder. */
const MOST_SINGLE_INPUTS = 1000;

/** Whether inputs are explained in shards, however many they are: where an option of these says so, or inputs are tables. */
export function asksForShards(flags: ExplainFlags, inputs: readonly string[]): boolean {
  const { workers, shardSize, shardFormat, column, queue } = flags;
  return [workers, shardSize, shardFormat, column, queue].some((flag) => flag !== undefined) || inputs.some(isTableFile);
}

/** Whether inputs are so many that they are explained in shards without being asked to. */
export function isMany(paths: readonly string[]): boolean {
  return paths.length > MOST_SINGLE_INPUTS;
}

function isTableFile(path: string): boolean {
  return /\.(csv|parquet)$/i.test(path);
}
