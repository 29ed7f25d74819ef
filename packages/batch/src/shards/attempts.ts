import { writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder } from "@xdeep/core/backend";

import { shardName } from "./shard-file.ts";

/** Rows at which so many threads have ended are held to be the reason: they end by what they do. */
const MOST_THREADS = 3;
/** A process is also ended by others, and at the same rows again where it is ended soon after it begins. */
const MOST_PROCESSES = 6;

export interface RowSpan {
  readonly start: number;
  readonly end: number;
}

/** What is being explained: written before each call, so that it is still there when the process is not. */
interface Attempt {
  /** Rows that are being explained, as "start-end". */
  readonly current: string;
  /** Whose thread explains them, by a name that no other process has. */
  readonly process: string;
  /** Who ended at which rows, by their spans. */
  readonly deaths: Readonly<Record<string, Deaths>>;
}

/** How often threads ended at some rows in a process that lived on, and how often whole processes. */
interface Deaths {
  readonly threads: number;
  readonly processes: number;
}

/** The note of where a shard stands. It need not survive a loss of power, for which no row is to blame, and so is not synced. */
export interface AttemptNote {
  /** How often whoever explained these rows ended by no will of its own, where that is so often that the rows are the reason; else 0. */
  deathsAt(rows: RowSpan): number;
  at(rows: RowSpan): void;
  /** The shard is done, or was given back. */
  clear(): Promise<void>;
}

/** @param process whose thread opens it, by a name that no other process has */
export async function openAttempt(folder: string, shard: number, process: string): Promise<AttemptNote> {
  const path = join(folder, "attempts", `${shardName(shard)}.json`);
  await makeFolder(join(folder, "attempts")).catch(() => undefined);
  const found = await readAttempt(path);
  const deaths = found === null ? {} : { ...found.deaths, [found.current]: withOneMore(found, found.process === process ? "threads" : "processes") };
  return {
    deathsAt(rows) {
      const { threads, processes } = deaths[nameOf(rows)] ?? NONE;
      return threads / MOST_THREADS + processes / MOST_PROCESSES >= 1 ? threads + processes : 0;
    },
    at(rows) {
      try {
        writeFileSync(path, JSON.stringify({ current: nameOf(rows), process, deaths } satisfies Attempt));
      } catch {
        // A disk that is full takes no notes; the shard itself will say so.
      }
    },
    clear: () => rm(path, { force: true }).catch(() => undefined),
  };
}

const NONE: Deaths = { threads: 0, processes: 0 };

function withOneMore({ current, deaths }: Attempt, of: keyof Deaths): Deaths {
  const known = deaths[current] ?? NONE;
  return { ...known, [of]: known[of] + 1 };
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
