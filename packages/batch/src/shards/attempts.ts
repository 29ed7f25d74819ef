import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder } from "@xdeep/core/backend";

import { shardName } from "./shard-file.ts";

/** Rows at which a process or thread has ended so often are held to be the reason. */
export const MOST_DEATHS = 3;

export interface RowSpan {
  readonly start: number;
  readonly end: number;
}

/** What is being explained: written before each call, so that it is still there when the process is not. */
interface Attempt {
  /** Rows that are being explained, as "start-end". */
  readonly current: string;
  /** How often somebody ended at these rows. */
  readonly deaths: Readonly<Record<string, number>>;
}

/** The note of where a shard stands. It need not survive a loss of power, for which no row is to blame, and so is not synced. */
export interface AttemptNote {
  /** How often whoever explained these rows ended by no will of its own. */
  deathsAt(rows: RowSpan): number;
  at(rows: RowSpan): Promise<void>;
  /** The shard is done, or was given back. */
  clear(): Promise<void>;
}

export async function openAttempt(folder: string, shard: number): Promise<AttemptNote> {
  const path = join(folder, "attempts", `${shardName(shard)}.json`);
  await makeFolder(join(folder, "attempts")).catch(() => undefined);
  const found = await readAttempt(path);
  const deaths = found === null ? {} : { ...found.deaths, [found.current]: (found.deaths[found.current] ?? 0) + 1 };
  return {
    deathsAt: (rows) => deaths[nameOf(rows)] ?? 0,
    // A disk that is full takes no notes; the shard itself will say so.
    at: (rows) => writeFile(path, JSON.stringify({ current: nameOf(rows), deaths } satisfies Attempt)).catch(() => undefined),
    clear: () => rm(path, { force: true }).catch(() => undefined),
  };
}

function nameOf({ start, end }: RowSpan): string {
  return `${start}-${end}`;
}

async function readAttempt(path: string): Promise<Attempt | null> {
  try {
    const attempt = JSON.parse(await readFile(path, "utf8")) as Attempt;
    return typeof attempt.current === "string" && typeof attempt.deaths === "object" ? attempt : null;
  } catch {
    return null;
  }
}
