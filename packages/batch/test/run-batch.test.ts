import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { renameSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type * as Batch from "../src/index.ts";
import { type Bundle, bundled } from "./bundle.ts";
import { SCALING_JOB, WIDE_JOB } from "./jobs.ts";
import { bytesOf } from "./shard-bytes.ts";

let bundle: Bundle;
let batch: typeof Batch;
let module: string;

beforeAll(async () => {
  bundle = await bundled();
  batch = (await import(`${bundle.folder}/index.js`)) as typeof Batch;
  module = await bundle.write("job.mjs", SCALING_JOB);
});
afterAll(() => bundle.remove());

/** A folder with files of these bytes, and a place for results. */
async function inputs(rows: readonly (readonly number[])[]): Promise<{ readonly base: string; readonly out: string }> {
  const base = await mkdtemp(join(tmpdir(), "xdeep-batch-"));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  await Promise.all(rows.map((bytes, n) => writeFile(join(base, `${String(n).padStart(4, "0")}.bin`), Uint8Array.from(bytes))));
  return { base, out: join(base, "results") };
}

const rowsOf = (count: number): readonly (readonly number[])[] => Array.from({ length: count }, (_, n) => [n % 100, 2, 3]);

type RunOptions = Partial<Batch.RunBatchOptions & Pick<Batch.ManifestOptions, "shardSize" | "shardFormat" | "inputs" | "columns">>;

async function run(base: string, out: string, job: Batch.Json, options: RunOptions = {}): Promise<Batch.BatchStatus> {
  const { shardSize = 4, shardFormat, inputs: given = ["*.bin"], columns, ...rest } = options;
  const listed = await batch.createManifest({ inputs: given, base, job, shardSize, shardFormat, columns });
  await batch.runBatch(out, listed, { module, ...rest });
  return batch.batchStatus(out);
}

describe("a run", () => {
  it("explains every row once, in shards that say what they hold", async () => {
    const { base, out } = await inputs(rowsOf(10));
    const seen: Batch.BatchProgress[] = [];
    const status = await run(base, out, { factor: 2 }, { workers: 2, onProgress: (progress) => seen.push(progress) });
    expect(status).toMatchObject({ shards: { done: 3, total: 3, missing: [] }, rows: { explained: 10, failed: 0, total: 10 }, begun: [] });
    expect(seen[0]).toMatchObject({ done: 0, total: 10 });
    expect(seen.at(-1)).toMatchObject({ done: 10, failed: 0 });
    const shard = await batch.readShard(out, 2, status.manifest);
    expect(shard.rows.map(({ row, name, at, score, target }) => ({ row, name, at, score, target }))).toEqual([
      { row: 8, name: "0008.bin", at: 0, score: 13, target: 2 },
      { row: 9, name: "0009.bin", at: 1, score: 14, target: 0 },
    ]);
    expect([...(await batch.readShardArray(out, shard, "scaled"))]).toEqual([16, 4, 6, 18, 4, 6]);
  });

  it("records rows that fail with their code, and goes on", async () => {
    const { base, out } = await inputs([[1], [101], [2], [3], [101]]);
    await writeFile(join(base, "list.csv"), "file,label\n0000.bin,a\n0001.bin,b\nnone.bin,c\n0002.bin,d\n0004.bin,e\n");
    for (const rowsPerCall of [1, 3]) {
      const folder = `${out}-${rowsPerCall}`;
      const { rows, errors, failures } = await run(base, folder, { factor: 2, rowsPerCall }, { inputs: ["list.csv"] });
      expect(rows).toEqual({ explained: 2, failed: 3, total: 5 });
      expect(errors).toEqual({ INPUT_NOT_FINITE: 2, INPUT_MISSING: 1 });
      expect(failures.map(({ name }) => name)).toEqual(["0001.bin", "none.bin", "0004.bin"]);
      // No path of this machine: another one writes the same bytes.
      expect(failures[1]!.message).toBe('"none.bin" cannot be read: ENOENT: no such file or directory.');
      const { shard, array } = await firstShard(folder);
      expect(shard.rows.map(({ at, label }) => [at, label])).toEqual([
        [0, "a"],
        [null, "b"],
        [null, "c"],
        [1, "d"],
      ]);
      expect([...array]).toEqual([2, 4]);
    }
  });

  it("ends where the inputs are not on this machine, or no more, and records none of them as missing", async () => {
    const { base, out } = await inputs(rowsOf(12));
    const elsewhere = await mkdtemp(join(tmpdir(), "xdeep-batch-"));
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    const listed = await batch.createManifest({ inputs: ["*.bin"], base, job: { factor: 2, slow: 5 }, shardSize: 4 });
    await expect(batch.runBatch(out, listed, { module, base: elsewhere })).rejects.toMatchObject({ code: "INPUT_MISSING" });
    await Promise.all(listed.files.map(({ file }) => writeFile(join(elsewhere, file), "another")));
    await expect(batch.runBatch(out, listed, { module, base: elsewhere })).rejects.toMatchObject({ code: "INPUT_CHANGED" });
    const remove = ({ done }: { readonly done: number }): void => {
      if (done === 2) for (const { file } of listed.files) rmSync(join(base, file));
    };
    await expect(batch.runBatch(out, listed, { module, onProgress: remove })).rejects.toMatchObject({ code: "INPUT_MISSING" });
    expect((await batch.batchStatus(out)).rows.failed).toBeLessThan(4);
  });

  it("finds the row at which threads end, and explains all others", async () => {
    const { base, out } = await inputs([[1], [2], [102], [3], [4], [5], [6], [102]]);
    for (const rowsPerCall of [1, 3]) {
      const folder = `${out}-${rowsPerCall}`;
      const { rows, failures } = await run(base, folder, { factor: 2, rowsPerCall }, { workers: 2 });
      expect(rows).toEqual({ explained: 6, failed: 2, total: 8 });
      expect(failures.map(({ row, code }) => [row, code])).toEqual([
        [2, "ENGINE_FAILED"],
        [7, "ENGINE_FAILED"],
      ]);
    }
  });

  it("survives a row that takes all memory", async () => {
    const { base, out } = await inputs([[1], [103], [2]]);
    const { rows, failures } = await run(base, out, { factor: 2 }, { maxMemory: 16 });
    expect(rows).toEqual({ explained: 2, failed: 1, total: 3 });
    expect(failures).toMatchObject([{ row: 1, code: "ENGINE_FAILED" }]);
  });

  it("refuses files that were changed after they were listed", async () => {
    const { base, out } = await inputs(rowsOf(3));
    const listed = await batch.createManifest({ inputs: ["*.bin"], base, job: { factor: 1 } });
    await writeFile(join(base, "0001.bin"), "other");
    await batch.runBatch(out, listed, { module });
    expect((await batch.batchStatus(out)).failures).toMatchObject([{ row: 1, code: "INPUT_CHANGED" }]);
  });

  it("loads threads while rows are listed, says how they ended meanwhile, and leaves none behind where the listing fails", async () => {
    const { base, out } = await inputs(rowsOf(3));
    const listed = await batch.createManifest({ inputs: ["*.bin"], base, job: { factor: 1 } });
    const later = sleep(200, listed);
    await batch.runBatch(out, later, { module, workers: 2 });
    expect((await batch.batchStatus(out)).rows.explained).toBe(3);
    const ends = await bundle.write("ends.mjs", "process.exit(7);");
    await expect(batch.runBatch(`${out}-2`, sleep(200, listed), { module: ends })).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringContaining("exited with code 7"),
    });
    const late = await bundle.write("late.mjs", `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(join(base, "late"))}, "");`);
    await expect(batch.runBatch(out, Promise.reject(new Error("no folder")), { module: late, workers: 2 })).rejects.toThrow("no folder");
    await sleep(500);
    await expect(readFile(join(base, "late"))).rejects.toThrow("ENOENT");
  });

  it("ends at once where it is aborted while a job is opened that never will be", async () => {
    const { base, out } = await inputs(rowsOf(3));
    const hangs = await bundle.write("hangs.mjs", "export const openJob = () => new Promise((resolve) => setTimeout(resolve, 1e6));");
    const signal = AbortSignal.timeout(300);
    await expect(run(base, out, { factor: 1 }, { module: hangs, workers: 2, signal })).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("ends with what every row would meet, and leaves no shard", async () => {
    const { base, out } = await inputs(rowsOf(3));
    await expect(run(base, out, { fails: true })).rejects.toMatchObject({ code: "OPTION_INVALID", message: "no such method" });
    expect((await batch.batchStatus(out)).shards.done).toBe(0);
    await writeFile(join(base, "0001.bin"), Uint8Array.of(100));
    await expect(run(base, `${out}-1`, { factor: 1 })).rejects.toMatchObject({ code: "ENGINE_FAILED", message: "bad_alloc" });
    expect((await batch.batchStatus(`${out}-1`)).shards.done).toBe(0);
    const none = await bundle.write("none.mjs", "export const nothing = 1;");
    await expect(run(base, `${out}-2`, { factor: 1 }, { module: none })).rejects.toThrow("exports no function openJob");
    const slip = await bundle.write("slip.mjs", "export const openJob = () => {} {};");
    await expect(run(base, `${out}-2`, { factor: 1 }, { module: slip })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("slip.mjs") as string,
    });
    const wide = await bundle.write("wide.mjs", WIDE_JOB);
    await expect(run(base, `${out}-2`, { factor: 1 }, { module: wide })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("float32") as string,
    });
    expect((await batch.batchStatus(`${out}-2`)).shards.done).toBe(0);
    await expect(run(base, `${out}-3`, { factor: 1 }, { workers: 0 })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("takes the path of a module from the current folder", async () => {
    const { base, out } = await inputs(rowsOf(1));
    const path = relative(process.cwd(), fileURLToPath(module));
    const { rows } = await run(base, out, { factor: 1 }, { module: path.startsWith(".") ? path : `./${path}` });
    expect(rows.explained).toBe(1);
  });

  it("says that results cannot be written", async () => {
    const { base, out } = await inputs(rowsOf(3));
    await writeFile(out, "a file in the way");
    await expect(run(base, out, { factor: 1 })).rejects.toMatchObject({ code: expect.stringMatching(/WRITE_FAILED|INPUT_MISSING/) });
  });

  it("holds the same numbers in Parquet", async () => {
    const { base, out } = await inputs([
      [1, 2],
      [101, 0],
      [3, 4],
    ]);
    await run(base, out, { factor: 2 });
    const { array } = await firstShard(out);
    await run(base, `${out}-parquet`, { factor: 2 }, { shardFormat: "parquet" });
    const other = await firstShard(`${out}-parquet`);
    expect(other.array).toEqual(array);
    expect(other.shard.rows).toEqual((await firstShard(out)).shard.rows);
  });
});

describe("what is stopped goes on where it stopped", () => {
  it("by an abort, with the same bytes as without", async () => {
    const { base, out } = await inputs(rowsOf(30));
    const job = { factor: 3, slow: 2 };
    await run(base, `${out}-whole`, job);
    const controller = new AbortController();
    const stopped = run(base, out, job, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 10) controller.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toThrow("enough");
    expect((await batch.batchStatus(out)).shards.done).toBeGreaterThan(0);
    expect((await run(base, out, job)).rows.explained).toBe(30);
    expect(await bytesOf(out)).toEqual(await bytesOf(`${out}-whole`));
  });

  it("by kill -9 at random moments", async () => {
    const { base, out } = await inputs([...rowsOf(40), [101], [102]]);
    // Slow enough that a busy machine is not done before the last kill.
    const job = { factor: 3, slow: 15 };
    const whole = await run(base, `${out}-whole`, job);
    const script = await bundle.write(
      "run.mjs",
      `import { createManifest, runBatch } from "./index.js";
       const listed = await createManifest({ inputs: ["*.bin"], base: ${JSON.stringify(base)}, job: ${JSON.stringify(job)}, shardSize: 4 });
       await runBatch(${JSON.stringify(out)}, listed, { module: ${JSON.stringify(module)}, workers: 2, onProgress: ({ done }) => process.send?.(done) });`,
    );
    const random = seeded(7);
    let kills = 0;
    for (let done = false; !done;) {
      const child = spawn(process.execPath, [script.replace("file://", "")], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      done = await killed(child, kills < 3 ? Math.floor(random() * 12) : Infinity);
      if (!done) kills += 1;
    }
    expect(kills).toBe(3);
    expect(await batch.batchStatus(out)).toEqual(whole);
    expect(await bytesOf(out)).toEqual(await bytesOf(`${out}-whole`));
  });

  it("but not with another job, and says what differs", async () => {
    const { base, out } = await inputs(rowsOf(3));
    await run(base, out, { factor: 3, method: "a" });
    await expect(run(base, out, { factor: 4, method: "a" })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("differs in factor"),
    });
    await rm(join(base, "0000.bin"));
    await writeFile(join(base, "0001.bin"), "other");
    await writeFile(join(base, "0009.bin"), "new");
    await expect(run(base, out, { factor: 3, method: "a" })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining('differs in inputs (1 new, such as "0009.bin", 1 gone, such as "0000.bin", 1 changed, such as "0001.bin")'),
    });
  });

  it("but not beside a manifest that is gone", async () => {
    const { base, out } = await inputs(rowsOf(12));
    let isThere = true;
    const onProgress = ({ done }: Batch.BatchProgress): void => {
      if (done > 0 && isThere) renameSync(out, `${out}-elsewhere`);
      isThere &&= done === 0;
    };
    await expect(run(base, out, { factor: 3, slow: 5 }, { onProgress })).rejects.toMatchObject({ code: "WRITE_FAILED" });
    await expect(batch.batchStatus(out)).rejects.toMatchObject({ code: "INPUT_MISSING" });
    expect(await readdir(join(out, "shards")).catch(() => [])).toEqual([]);
  });
});

describe("results", () => {
  it("merge into one array and one list, from one folder or several", async () => {
    const { base, out } = await inputs([...rowsOf(9), [101, 0, 0]]);
    const { manifest } = await run(base, out, { factor: 2 });
    await rm(join(out, "shards", "000001"), { recursive: true });
    await expect(batch.mergeShards([out], join(base, "merged"))).rejects.toMatchObject({ code: "INPUT_MISSING", details: { missing: 1 } });
    await run(base, `${out}-other`, { factor: 2 });
    const blocked = join(base, "0000.bin", "merged");
    await expect(batch.mergeShards([`${out}-other`], blocked)).rejects.toMatchObject({ code: "WRITE_FAILED" });
    const merged = await batch.mergeShards([out, `${out}-other`], join(base, "merged"));
    expect(merged).toEqual({ rows: 10, explained: 9, arrays: [{ value: "scaled", file: "scaled.npy", dims: [9, 3] }] });
    const reread = await batch.createManifest({ inputs: [join(base, "merged", "scaled.npy")], job: null });
    const rows = await (await batch.rowReader(reread))(7, 9);
    expect(await Promise.all(rows.map(async (row) => [...((await row.load()) as Batch.RowNumbers).data]))).toEqual([
      [14, 4, 6],
      [16, 4, 6],
    ]);
    const lines = (await readFile(join(base, "merged", "rows.jsonl"), "utf8")).trim().split("\n");
    await expect(batch.mergeShards([out], out)).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("another folder") });
    expect(lines.map((line) => (JSON.parse(line) as Batch.RowRecord).at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, null]);
    expect(manifest).toHaveLength(64);
  });

  it("are summed up: classes, deltas and mean maps", async () => {
    const { base, out } = await inputs([...rowsOf(9), [101, 0, 0]]);
    await run(base, out, { factor: -2 });
    const summary = await batch.summarize([out]);
    expect(summary).toMatchObject({ rows: 10, explained: 9, failed: 1, errors: { INPUT_NOT_FINITE: 1 } });
    expect(summary.classes.map(({ target, name, rows, meanScore }) => [target, name, rows, meanScore])).toEqual([
      [0, "class 0", 3, 8],
      [1, "class 1", 3, 9],
      [2, "class 2", 3, 10],
    ]);
    expect(summary.deltas["scaled"]).toMatchObject({ median: 0.004, max: 0.008 });
    expect(summary.deltas["scaled"]!.worst.map(({ name }) => name).slice(0, 2)).toEqual(["0008.bin", "0007.bin"]);
    const maps = await batch.meanMaps([out], { classes: 2 });
    expect(maps.map(({ target, rows, mean }) => [target, rows, [...mean.data]])).toEqual([
      [0, 3, [6, 4, 6]],
      [1, 3, [8, 4, 6]],
    ]);
  });

  it("that were damaged are found out", async () => {
    const { base, out } = await inputs(rowsOf(3));
    const { manifest } = await run(base, out, { factor: 2 });
    await writeFile(join(out, "shards", "000000", "scaled.npy"), "cut off");
    const shard = await batch.readShard(out, 0, manifest);
    await expect(batch.readShardArray(out, shard, "scaled")).rejects.toMatchObject({ code: "INPUT_TYPE" });
    await rm(join(out, "shards", "000000", "scaled.npy"));
    await expect(batch.readShardArray(out, shard, "scaled")).rejects.toMatchObject({ code: "INPUT_TYPE", message: expect.stringContaining("explain again") });
    const results = await batch.readResults([out]);
    await writeFile(join(out, "shards", "000000", "shard.json"), "{");
    // What was read is not read again.
    expect((await batch.batchStatus(out, results)).rows).toEqual({ explained: 3, failed: 0, total: 3 });
    await expect(batch.batchStatus(out)).rejects.toMatchObject({ code: "INPUT_TYPE" });
  });
});

async function firstShard(out: string): Promise<{ readonly shard: Batch.Shard; readonly array: Float32Array }> {
  const shard = await batch.readShard(out, 0, (await batch.readManifest(out)).id);
  return { shard, array: await batch.readShardArray(out, shard, "scaled") };
}

/** Kills a process once it has reported so many rows; true when it came to its end before. */
function killed(child: ChildProcess, after: number): Promise<boolean> {
  let reports = 0;
  child.on("message", () => {
    if (reports++ >= after) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) =>
    child.on("exit", (code, signal) => (signal === "SIGKILL" ? resolve(false) : code === 0 ? resolve(true) : reject(new Error(`It exited with ${code}.`)))),
  );
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}
