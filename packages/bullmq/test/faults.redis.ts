import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { type BatchStatus, type RowRecord, type Shard, batchStatus } from "@xdeep/batch";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { bytesOf } from "../../batch/test/shard-bytes.ts";
import { LEASE, type Machines, type RedisServer, buildMachines, inputFiles, start, startRedis, supervise } from "./machines.ts";

let machines: Machines;
beforeAll(async () => {
  machines = await buildMachines();
});
afterAll(() => machines.remove());

const rowsOf = (count: number): number[][] => Array.from({ length: count }, (_, n) => [n % 100, n % 7, 3]);

interface Work {
  readonly redis: RedisServer;
  readonly base: string;
  readonly out: string;
  readonly job: { readonly factor: number; readonly slow: number };
  /** A producer, or a worker that is started again when it dies. */
  produce(): ReturnType<typeof start>;
  worker(node?: readonly string[]): ReturnType<typeof start>;
}

async function work(rows: readonly (readonly number[])[], { slow = 2, shardSize = 16, out = "results", lease = LEASE } = {}): Promise<Work> {
  const [redis, base] = [await startRedis(), await inputFiles(rows)];
  const job = { factor: 3, slow };
  const folder = out.startsWith("/") ? out : join(base, out);
  return {
    redis,
    base,
    out: folder,
    job,
    produce: () => start(machines.folder, "produce.mjs", { url: redis.url, out: folder, inputs: ["*.bin"], base, job, shardSize }),
    worker: (node = []) => start(machines.folder, "work.mjs", { url: redis.url, out: folder, lease }, node),
  };
}

/** What one process gives that nobody disturbs, without a queue. */
async function undisturbed({ base, job }: Work, shardSize = 16): Promise<{ readonly bytes: Readonly<Record<string, string>>; readonly status: BatchStatus }> {
  const { createManifest, runBatch } = (await import(join(machines.folder, "batch.js"))) as typeof import("@xdeep/batch");
  const out = join(base, "undisturbed");
  const listed = await createManifest({ inputs: ["*.bin"], base, job, shardSize });
  await runBatch(out, listed, { module: `file://${machines.folder}/job.mjs`, workers: 2, maxMemory: 40 });
  return { bytes: await bytesOf(out), status: await batchStatus(out) };
}

/** Every row has one result, and the bytes are those of the undisturbed run. */
async function expectWhole(disturbed: Work, rows: number, shardSize = 16): Promise<void> {
  const { bytes, status } = await undisturbed(disturbed, shardSize);
  expect(await bytesOf(disturbed.out)).toEqual(bytes);
  expect(await batchStatus(disturbed.out)).toEqual(status);
  const shards = await Promise.all(
    (await readdir(join(disturbed.out, "shards"))).map(
      async (name) => JSON.parse(await readFile(join(disturbed.out, "shards", name, "shard.json"), "utf8")) as Shard,
    ),
  );
  const numbers = shards.flatMap((shard) => shard.rows.map(({ row }: RowRecord) => row)).toSorted((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: rows }, (_, n) => n));
}

const random = (
  (state: number) => () =>
    (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
)(5);

describe("two workers on one Redis", () => {
  it("2,000 rows, five kills of workers and two of the producer: every row once, bytes as undisturbed", async () => {
    const disturbed = await work(rowsOf(2000), { slow: 4 });
    const producer = supervise(disturbed.produce);
    const workers = [supervise(disturbed.worker), supervise(disturbed.worker)];
    for (let kill = 0; kill < 5; kill++) {
      const victim = workers[kill % 2]!;
      while (victim.current.child.killed) await sleep(5);
      const before = victim.current;
      while (before.rows < 20 + 80 * random()) await sleep(5);
      before.child.kill("SIGKILL");
      if (kill % 2 === 0 && producer.deaths < 2) producer.current.child.kill("SIGKILL");
    }
    await Promise.all([producer.done, ...workers.map(({ done }) => done)]);
    expect(workers[0]!.deaths + workers[1]!.deaths).toBe(5);
    expect(producer.deaths).toBeGreaterThanOrEqual(1);
    await expectWhole(disturbed, 2000);
  });

  it("Redis is stopped, killed, and loses everything: the work goes on", async () => {
    const disturbed = await work(rowsOf(800), { slow: 6 });
    const producer = supervise(disturbed.produce);
    const workers = [supervise(disturbed.worker), supervise(disturbed.worker)];
    const until = async (rows: number): Promise<void> => {
      while (workers[0]!.current.rows + workers[1]!.current.rows < rows) await sleep(10);
    };
    await until(80);
    await disturbed.redis.restart("SIGTERM", 500);
    await until(240);
    await disturbed.redis.restart("SIGKILL", 1500);
    await until(400);
    await disturbed.redis.lose();
    await Promise.all([producer.done, ...workers.map(({ done }) => done)]);
    await expectWhole(disturbed, 800);
  });

  it("clocks jump by hours: nothing is lost or doubled", async () => {
    const disturbed = await work(rowsOf(400));
    const node = ["--import", `file://${machines.folder}/clock.mjs`];
    const producer = supervise(disturbed.produce);
    const workers = [supervise(() => disturbed.worker(node)), supervise(() => disturbed.worker(node))];
    await Promise.all([producer.done, ...workers.map(({ done }) => done)]);
    await expectWhole(disturbed, 400);
  });

  it("Redis' clock is set back by hours when a worker is killed: its shard goes to another one all the same", async () => {
    const disturbed = await work(rowsOf(120), { slow: 10 });
    const producer = disturbed.produce();
    const [first, second] = [disturbed.worker(), disturbed.worker()];
    while (first.rows < 4) await sleep(5);
    first.child.kill("SIGKILL");
    // What such a clock does: everything that ends by it lasts longer.
    const redis = (...command: readonly string[]): string[] =>
      execFileSync("redis-cli", ["-u", disturbed.redis.url, ...command])
        .toString()
        .trim()
        .split("\n");
    for (const key of [...redis("KEYS", "*:lock"), ...redis("KEYS", "*:stalled-check")]) redis("PEXPIRE", key, "7200000");
    expect(await second.ended).toMatchObject({ code: 0 });
    await producer.ended;
    await expectWhole(disturbed, 120);
  });

  it("Redis is full, and loses what it holds, key by key: it is waited for, and everything is handed out again", async () => {
    const disturbed = await work(rowsOf(160), { slow: 20 });
    tell(disturbed, "CONFIG", "SET", "maxmemory", "100kb");
    const [producer, worker] = [disturbed.produce(), disturbed.worker()];
    await sleep(1500);
    tell(disturbed, "CONFIG", "SET", "maxmemory", "0");
    while (worker.rows < 20) await sleep(10);
    // The jobs that wait first: their numbers are still in the list.
    const jobs = tell(disturbed, "KEYS", "*-[0-9]*").filter((key) => /-\d+$/.test(key));
    expect(jobs.length).toBeGreaterThan(3);
    tell(disturbed, "DEL", ...jobs);
    for (let keys = 0; keys < 10; keys++) tell(disturbed, "DEL", tell(disturbed, "RANDOMKEY")[0]!);
    expect(await producer.ended).toMatchObject({ code: 0, said: "" });
    expect(await worker.ended).toMatchObject({ code: 0, said: "" });
    await expectWhole(disturbed, 160);
  });

  it("rows that fail, end their thread, take all memory or end the whole process are recorded, and no other", async () => {
    const rows = rowsOf(64);
    [rows[3]![0], rows[20]![0], rows[40]![0], rows[50]![0]] = [101, 102, 103, 104];
    const disturbed = await work(rows);
    const producer = supervise(disturbed.produce);
    const workers = [supervise(disturbed.worker), supervise(disturbed.worker)];
    await Promise.all([producer.done, ...workers.map(({ done }) => done)]);
    const { rows: counts, failures } = await batchStatus(disturbed.out);
    expect(counts).toEqual({ explained: 60, failed: 4, total: 64 });
    expect(failures.map(({ row, code }) => [row, code])).toEqual([
      [3, "INPUT_NOT_FINITE"],
      [20, "ENGINE_FAILED"],
      [40, "ENGINE_FAILED"],
      [50, "ENGINE_FAILED"],
    ]);
    expect(workers[0]!.deaths + workers[1]!.deaths).toBe(6);
  });

  it("a worker that is told to stop gives its shard back at once, whatever the lease", async () => {
    const disturbed = await work(rowsOf(200), { slow: 10, lease: 60 });
    const producer = supervise(disturbed.produce);
    const [first, second] = [disturbed.worker(), disturbed.worker()];
    while (first.rows < 10) await sleep(10);
    first.child.kill("SIGTERM");
    const started = performance.now();
    expect(await first.ended).toMatchObject({ code: 1, said: "stopped" });
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(performance.now() - started).toBeLessThan(30_000);
    await producer.done;
    await expectWhole(disturbed, 200);
  });

  it("what every row would meet ends the producer and the workers, and says what it is; so does a Redis that is not there", async () => {
    const { produce, worker, out } = await work([[1], [105], [2]]);
    const ends = await Promise.all([produce(), worker()].map(({ ended }) => ended));
    expect(ends).toMatchObject([
      { code: 1, said: "RULE_UNKNOWN" },
      { code: 1, said: "RULE_UNKNOWN" },
    ]);
    for (const script of ["produce.mjs", "work.mjs"] as const) {
      const options = { url: "redis://127.0.0.1:1", out, inputs: ["*.bin"], base: join(out, ".."), job: { factor: 3, slow: 2 }, shardSize: 16 };
      expect(await start(machines.folder, script, options).ended).toMatchObject({ code: 1, said: "QUEUE_UNAVAILABLE" });
    }
  });

  it.skipIf(!mayMount())("a disk that is full stops nobody for good: once there is room the work goes on", async () => {
    const disk = smallDisk();
    onTestFinished(() => removeDisk(disk));
    const disturbed = await work(rowsOf(320), { slow: 4, out: join(disk, "results") });
    const producer = supervise(disturbed.produce);
    const workers = [supervise(disturbed.worker), supervise(disturbed.worker)];
    while (workers[0]!.current.rows < 40) await sleep(10);
    await fill(join(disk, "filler"));
    const stuck = (await batchStatus(disturbed.out)).shards.done;
    await sleep(2500);
    expect((await batchStatus(disturbed.out)).shards.done - stuck).toBeLessThanOrEqual(2);
    await rm(join(disk, "filler"));
    await Promise.all([producer.done, ...workers.map(({ done }) => done)]);
    await expectWhole(disturbed, 320);
  });
});

/** A command to Redis, from outside; the lines of its answer. */
function tell({ redis }: Work, ...command: readonly string[]): readonly string[] {
  return execFileSync("redis-cli", ["-u", redis.url, ...command])
    .toString()
    .trim()
    .split("\n");
}

/** Takes all room that is left. */
async function fill(path: string): Promise<void> {
  for (let n = 0; n < 3; n++) await writeFile(path, Buffer.alloc(8_000_000)).catch(() => undefined);
}

/** A disk of four megabytes, which only root may make. */
function smallDisk(): string {
  const disk = mkdtempSync(join(tmpdir(), "xdeep-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], { stdio: "pipe" });
  return disk;
}

function removeDisk(disk: string): void {
  execFileSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true, force: true });
}

function mayMount(): boolean {
  try {
    removeDisk(smallDisk());
    return true;
  } catch (error) {
    console.warn(`NOT RUN: what happens on a full disk. A small disk could not be mounted here: ${String(error)}`);
    return false;
  }
}
