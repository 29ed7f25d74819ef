import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { BatchStatus, BatchSummary, RowRecord } from "@xdeep/batch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { bytesOf } from "../../../packages/batch/test/shard-bytes.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import { type BuiltCli, buildCli } from "./built-cli.ts";
import { PICTURE_WEIGHTS, TABLE_WEIGHTS, gatedModel, pictureModel, tableModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

type ManyDocument = BatchStatus & { readonly out: string; readonly summary: BatchSummary };

async function pictures(folder: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    await writeTestPicture(folder, `${String(n).padStart(2, "0")}.png`, { r: n % 2 === 0 ? 250 : 10, g: n % 2 === 0 ? 10 : 250, b: 5 * n });
}

/** Captions of the maps of a page, each with its group. */
function mapsOf(page: string): readonly string[] {
  return [...page.matchAll(/<xdeep-map caption="([^"]*)" group="([^"]*)"/g)].map(([, caption, group]) => `${group}: ${caption}`);
}

describe("many inputs", () => {
  it("are explained in shards, with the numbers of single ones, and what fails is recorded", async () => {
    const folder = await temporaryFolder();
    const out = join(folder, "out");
    const model = await writeTestModel(folder, "picture.onnx", pictureModel());
    await pictures(join(folder), 9);
    await writeFile(join(folder, "03.png"), "no picture");
    await writeFile(join(folder, "labels.txt"), "red\ngreen\nnone\n");
    const argv = [
      "explain",
      model,
      folder,
      "-m",
      "vanilla,integrated,grad-cam",
      "--labels",
      join(folder, "labels.txt"),
      "--preset",
      "unit",
      "--resize",
      "none",
    ];
    const report = join(folder, "report.html");
    const many = ["--out", out, "--workers", "2", "--shard-size", "4", "--cache", join(folder, "kept"), "--report", report, "--json"];
    const { code, stdout, stderr } = await cli.run([...argv, ...many]);
    expect((await readdir(join(folder, "kept"))).length).toBeGreaterThan(0);
    const { rows, errors, failures, summary } = JSON.parse(stdout) as ManyDocument;
    expect({ code, rows, errors }).toEqual({ code: 1, rows: { explained: 8, failed: 1, total: 9 }, errors: { IMAGE_INVALID: 1 } });
    expect(failures).toMatchObject([{ row: 3 }]);
    expect(stderr).toContain("[IMAGE_INVALID]");
    expect(summary.classes).toMatchObject([
      { target: 0, name: "red", rows: 5 },
      { target: 1, name: "green", rows: 3 },
    ]);
    expect(summary.deltas["integrated"]!.max).toBeLessThan(1e-4);
    const single = join(folder, "single");
    await runCli([...argv.toSpliced(2, 1, join(folder, "05.png")), "--out", single]);
    const shard = await readNpy(join(out, "shards", "000001", "integrated.npy"));
    const alone = await readNpy(join(single, "05.picture.integrated.npy"));
    expect(shard.dims).toEqual([4, 3, 8, 8]);
    expect([...shard.numbers].slice(192, 384)).toEqual([...alone.numbers]);
    expect(shard.numbers[192]).toBeCloseTo(((PICTURE_WEIGHTS[1][0] / 64) * 10) / 255, 6);
    const { rows: records } = JSON.parse(await readFile(join(out, "shards", "000001", "shard.json"), "utf8")) as { readonly rows: readonly RowRecord[] };
    expect(records[0]!.facts).toMatchObject({ methods: { vanilla: { layer: null }, "grad-cam": { layer: { name: "rectified", channelAxis: 1 } } } });
    const mean = await readNpy(join(out, "means", "vanilla.green.npy"));
    expect(mean.numbers[0]).toBeCloseTo(Math.abs(PICTURE_WEIGHTS[1][0]) / 64, 6);
    const page = await readFile(report, "utf8");
    expect(page).toContain("<title>Why picture.onnx says what it says of 9 inputs</title>");
    expect(page).toMatch(/xdeep explain .* --report /);
    expect(page).toMatch(/<strong>8<\/strong> of 9 explained, <strong>1<\/strong> failed, 2\s+classes/);
    expect(page).toMatch(/03\.png<\/strong>: .*\[IMAGE_INVALID\]/);
    expect(mapsOf(page)).toEqual(["vanilla", "integrated", "grad-cam"].flatMap((method) => [`${method}: red · 5 rows`, `${method}: green · 3 rows`]));
    expect(page.match(/unit="share"/g)).toHaveLength(6);
    for (const { name } of summary.deltas["integrated"]!.worst) expect(page).toContain(`<th scope="row">${name}</th>`);
    expect(page.match(/(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
  });

  it("go on where they were interrupted, with the same bytes", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "picture.onnx", pictureModel());
    // Folders are looked into, with the folders inside them.
    const inner = join(folder, "photos", "inner");
    await mkdir(inner, { recursive: true });
    await pictures(inner, 12);
    const argv = [
      "explain",
      model,
      join(folder, "photos"),
      "-m",
      "smooth",
      "--samples",
      "120",
      "--preset",
      "unit",
      "--resize",
      "none",
      "--shard-size",
      "2",
      "--workers",
      "1",
    ];
    await cli.run([...argv, "--out", join(folder, "whole")]);
    let isInterrupted = false;
    const first = await cli.run([...argv, "--out", join(folder, "out")], (text, interrupt) => {
      if (isInterrupted || !text.includes("workers")) return;
      isInterrupted = true;
      const wait = setInterval(async () => {
        const written = await readdir(join(folder, "out", "shards")).catch(() => []);
        if (written.length < 2) return;
        clearInterval(wait);
        interrupt("SIGTERM");
      }, 5);
    });
    expect(first.code).toBe(130);
    expect(first.stderr).toMatch(/^\d+ of 12 rows are written to ".*"\. The same command goes on from there\.\nInterrupted\.\n$/);
    const { stdout } = await runCli(["status", join(folder, "out")]);
    expect(stdout).toMatch(/missing +\d/);
    const page = ["merge", join(folder, "out"), "--report", join(folder, "page.html")];
    expect(await runCli(page)).toMatchObject({ code: 1, stderr: expect.stringMatching(/shards are missing.*\[INPUT_MISSING\]/) });
    expect((await runCli([...page, "--partial"])).code).toBe(0);
    expect(await readFile(join(folder, "page.html"), "utf8")).toContain("shards are not there yet");
    expect((await cli.run([...argv, "--out", join(folder, "out")])).stdout).toContain("12 of 12 rows explained");
    expect(await bytesOf(join(folder, "out"))).toEqual(await bytesOf(join(folder, "whole")));
  });

  it("come from tables, with targets of their own, and merge into one array", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "rows.csv"), "a,b,c,d,class,label\n1,2,3,4,,x\n1,2,3,4,1,y\n-1,oops,0,0,,z\n0,1,0,0,0,x\n");
    const argv = ["explain", model, join(folder, "rows.csv"), "--column", "target=class", "--out", join(folder, "out"), "--shard-format", "parquet"];
    const { code, stdout } = await cli.run(argv);
    expect(code).toBe(1);
    expect(stdout).toContain("3 of 4 rows explained, 1 failed\n  failed   1 with INPUT_TYPE, such as ");
    const page = join(folder, "page.html");
    const merged = await runCli(["merge", join(folder, "out"), "--out", join(folder, "merged"), "--report", page]);
    expect(merged.stdout).toContain(`written ${page}\n`);
    const text = await readFile(page, "utf8");
    expect(mapsOf(text)).toEqual(["vanilla: entry 1 · 2 rows", "vanilla: entry 0 · 1 row"]);
    expect(text).toContain('names="[&quot;a&quot;,&quot;b&quot;,&quot;c&quot;,&quot;d&quot;]" kind="bars"');
    expect(text).toContain("x 1, y 1");
    expect(merged.stdout).toContain("3 of 4 rows in ");
    expect(await readNpy(join(folder, "merged", "vanilla.npy"))).toMatchObject({ dims: [3, 4], numbers: [1, 1, 0].flatMap((row) => [...TABLE_WEIGHTS[row]!]) });
    const records = (await readFile(join(folder, "merged", "rows.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RowRecord);
    expect(records.map(({ at, target, label, error }) => [at, target, label, error?.code])).toEqual([
      [0, 1, "x", undefined],
      [1, 1, "y", undefined],
      [null, undefined, "z", "INPUT_TYPE"],
      [2, 0, "x", undefined],
    ]);
  });

  it("of a model with two inputs have an array for each, and one delta for both", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "gated.onnx", gatedModel());
    await writeFile(join(folder, "rows.csv"), "a,b,c,d,target\n1,2,3,4,0\n0,1,0,5,緑\n");
    await writeFile(join(folder, "gate.json"), "[[1, 0.5, 1, 2]]");
    const argv = ["explain", model, join(folder, "rows.csv"), "--input", `gate=${join(folder, "gate.json")}`, "-m", "integrated", "--json"];
    await writeFile(join(folder, "labels.txt"), `赤\n緑\n`);
    const { stdout } = await cli.run([...argv, "--labels", join(folder, "labels.txt"), "--out", join(folder, "out")]);
    const { summary } = JSON.parse(stdout) as ManyDocument;
    expect(Object.keys(summary.deltas)).toEqual(["integrated"]);
    expect((await readdir(join(folder, "out", "shards", "000000"))).toSorted()).toEqual(["integrated.gate.npy", "integrated.x.npy", "shard.json"]);
    // Names of which no letter is safe are told apart.
    expect((await readdir(join(folder, "out", "means"))).toSorted()).toEqual(
      ["gate", "x"].flatMap((value) => [`integrated.${value}.value-2.npy`, `integrated.${value}.value.npy`]),
    );
  });

  it("that all failed alike are told once, on a page that names the model", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "picture.onnx", pictureModel());
    for (let n = 0; n < 7; n++) await writeFile(join(folder, `${n}.png`), "no picture");
    const page = join(folder, "page.html");
    const { stdout } = await cli.run(["explain", model, folder, "--workers", "1", "--preset", "unit", "--out", join(folder, "out"), "--report", page]);
    expect(stdout).toContain(join(folder, "out", "{shards,summary.json}"));
    const text = await readFile(page, "utf8");
    expect(text).toContain("<title>Why picture.onnx says what it says of 7 inputs</title>");
    expect(text.match(/IMAGE_INVALID\]/g)).toHaveLength(1);
    expect(text).toMatch(/4\.png and 2 more<\/strong>: The picture/);
  });

  it("are refused where the command line makes no sense of them", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "rows.csv"), "a,b\n1,2\n");
    expect(await runCli(["explain", model, model, join(folder, "rows.csv")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("one model at a time"),
    });
    expect(await runCli(["explain", model, join(folder, "rows.csv"), "--target", "cat"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[TARGET_INVALID]"),
    });
    expect(await runCli(["explain", model, join(folder, "rows.csv"), "--column", "target=none"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no column "none"'),
    });
    await writeFile(join(folder, "wide.csv"), "id,a,b,c,d\n7,1,2,3,4\n");
    const wide = ["explain", model, join(folder, "wide.csv"), "--out", join(folder, "out")];
    const tooWide = await runCli(wide);
    expect(tooWide.code).toBe(1);
    expect(tooWide.stderr).toMatch(/5 columns of numbers, "id", "a", "b", "c", "d", and input ".*" takes \[4\] of each row.*--column values=.*\[INPUT_SHAPE\]/);
    expect((await cli.run([...wide, "--column", "values=a,b,c,d"])).stdout).toContain("1 of 1 rows explained");
    expect(await runCli(["status", folder])).toMatchObject({ code: 1, stderr: expect.stringContaining("[INPUT_MISSING]") });
    expect(await runCli(["merge", folder])).toMatchObject({ code: 2 });
  });
});
