import { execFileSync } from "node:child_process";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { batchStatus, readManifest } from "@xdeep/batch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { LEASE, type Machines, type Running, buildMachines, inputFiles, start, startRedis } from "./machines.ts";

let machines: Machines;
beforeAll(async () => {
  machines = await buildMachines();
});
afterAll(() => machines.remove());

interface Queue {
  readonly out: string;
  readonly base: string;
  produce(url?: string): Running;
  worker(options?: object): Running;
  /** A command to Redis, from outside; the lines of its answer. */
  tell(...command: readonly string[]): readonly string[];
}

async function queueOf(rows: readonly (readonly number[])[], { slow = 2, redis = [] as readonly string[], user = "" } = {}): Promise<Queue> {
  const [{ url }, base] = [await startRedis(redis), await inputFiles(rows)];
  const out = join(base, "results");
  const own = url.replace("//", `//${user}`);
  return {
    out,
    base,
    produce: (at = own) => start(machines.folder, "produce.mjs", { url: at, out, inputs: ["*.bin"], base, job: { factor: 3, slow }, shardSize: 4 }),
    worker: (options = {}) => start(machines.folder, "work.mjs", { url: own, out, lease: LEASE, ...options }),
    tell: (...command) =>
      execFileSync("redis-cli", ["-u", url, ...command])
        .toString()
        .trim()
        .split("\n"),
  };
}

const rowsOf = (count: number): number[][] => Array.from({ length: count }, (_, n) => [n % 100, n % 7, 3]);
const done = { code: 0, said: "" };

describe("a queue", () => {
  it("serves a user who is held to keys of xdeep, and leaves nothing in Redis but what ends by itself", async () => {
    const { out, produce, worker, tell } = await queueOf(rowsOf(40), { user: "me:p%40ss@" });
    tell("ACL", "SETUSER", "me", "on", ">p@ss", "~xdeep:*", "+@all");
    tell("ACL", "SETUSER", "other", "on", ">p@ss", "~other:*", "+@all");
    const [producer, first] = [produce(), worker()];
    expect([await producer.ended, await first.ended]).toMatchObject([done, done]);
    expect((await batchStatus(out)).rows.explained).toBe(40);
    const kept = tell("KEYS", "*").filter((key) => key !== "" && Number(tell("PTTL", key)[0]) < 0);
    expect(kept).toEqual([]);
  });

  it("goes on where Redis has lost the list of what waits, and keeps the jobs", async () => {
    const { out, produce, worker, tell } = await queueOf(rowsOf(80), { slow: 20 });
    const [producer, first] = [produce(), worker()];
    while (first.rows < 10) await sleep(10);
    expect(tell("DEL", ...tell("KEYS", "*:wait"))).toEqual(["1"]);
    expect([await producer.ended, await first.ended]).toMatchObject([done, done]);
    expect((await batchStatus(out)).rows.explained).toBe(80);
  });

  it("is waited for by workers that come before the list of inputs, and needed by none that come after the end", async () => {
    const { out, base, produce, worker } = await queueOf(rowsOf(8));
    const early = worker();
    const producer = produce();
    expect([await producer.ended, await early.ended]).toMatchObject([done, done]);
    // As whoever hands out writes them: the manifest, then the list.
    await rename(join(out, "shards"), join(base, "shards"));
    await rename(join(out, "rows.jsonl"), join(base, "rows.jsonl"));
    await mkdir(join(out, "shards"));
    const between = worker();
    await sleep(1500);
    await rename(join(base, "rows.jsonl"), join(out, "rows.jsonl"));
    const again = produce();
    expect([await again.ended, await between.ended]).toMatchObject([done, done]);
    await writeFile(join(out, "rows.jsonl"), "");
    expect(await worker().ended).toMatchObject(done);
  });

  it("loses one worker that has not the inputs, and no row", async () => {
    const { out, base, produce, worker } = await queueOf(rowsOf(16));
    const producer = produce();
    expect(await worker({ base: join(base, "elsewhere") }).ended).toMatchObject({ code: 1, said: "INPUT_MISSING" });
    expect([await worker().ended, await producer.ended]).toMatchObject([done, done]);
    expect((await batchStatus(out)).rows).toMatchObject({ explained: 16, failed: 0 });
    expect((await readManifest(out)).base).toBe(base);
  });

  it("ends all workers where one finds what every row would meet, those that have nothing to do among them", async () => {
    const { produce, worker } = await queueOf([[105]]);
    const ends = await Promise.all([worker(), worker(), worker(), produce()].map(({ ended }) => ended));
    expect(ends).toMatchObject(Array.from({ length: 4 }, () => ({ code: 1, said: "RULE_UNKNOWN" })));
  });
});
