import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";

import type { EvaluationDocument } from "../src/write/write-evaluation.ts";
import { pictureModel, tableModel, writeTestModel } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

/** W₁ = [0, 3, 0, −1] and x = [1, 2, 3, −4]: contributions 0, 6, 0, 4 to the score 10. */
async function table(): Promise<{ readonly model: string; readonly row: string; readonly out: string; readonly folder: string }> {
  const folder = await temporaryFolder();
  const row = join(folder, "row.json");
  await writeFile(row, "[[1, 2, 3, -4]]");
  return { folder, model: await writeTestModel(folder, "table.onnx", tableModel()), row, out: join(folder, "out") };
}

/** Pictures whose left half has a colour, with masks over the left half at twice the size. */
async function scenes(names: readonly string[]): Promise<{ readonly folder: string; readonly model: string; readonly out: string; readonly masks: string }> {
  const folder = await temporaryFolder();
  const masks = join(folder, "masks");
  await mkdir(join(folder, "pictures"));
  await mkdir(masks);
  const half = (side: number, level: number): Buffer =>
    Buffer.from(Array.from({ length: side * side * 3 }, (_, i) => (Math.floor(i / 3) % side < side / 2 ? level : 0)));
  for (const [n, name] of names.entries()) {
    await sharp(half(8, 100 + 20 * n), { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toFile(join(folder, "pictures", `${name}.png`));
    await sharp(half(16, 255), { raw: { width: 16, height: 16, channels: 3 } })
      .png()
      .toFile(join(masks, `${name}.png`));
  }
  return { folder, model: await writeTestModel(folder, "net.onnx", pictureModel()), out: join(folder, "out"), masks };
}

async function evaluateJson(...argv: readonly string[]): Promise<EvaluationDocument & { readonly code: number; readonly stderr: string }> {
  const { code, stdout, stderr } = await runCli(["evaluate", ...argv, "--json"]);
  return { ...(JSON.parse(stdout) as EvaluationDocument), code, stderr };
}

describe("xdeep evaluate", () => {
  it("measures what the measures define, and writes it", async () => {
    const { model, row, out } = await table();
    const argv = [model, row, "-t", "1", "-m", "vanilla,integrated", "--metric", "deletion,insertion:0.5,completeness", "-o", out];
    const { code, evaluation, comparison, inputs, files, model: record } = await evaluateJson(...argv);
    expect(code).toBe(0);
    // Scores while 6, 4, 0 and 0 go; by the gradient 6, 0, 0 and 4.
    expect(evaluation.results["deletion"]!["integrated"]!.curves![0]).toEqual({ x: [0, 0.25, 0.5, 0.75, 1], y: [10, 4, 0, 0, 0] });
    expect(evaluation.results["deletion"]!["integrated"]!.values).toEqual([2.25]);
    expect(evaluation.results["deletion"]!["vanilla"]!.values).toEqual([4.25]);
    expect(evaluation.results["insertion:0.5"]!["integrated"]!.curves![0]!.y[0]).toBeCloseTo(1, 6);
    expect(evaluation.results["completeness"]!["integrated"]!.values[0]).toBeLessThan(1e-6);
    expect(evaluation.results["completeness"]!["vanilla"]!.mean).toBeNull();
    expect(evaluation.metrics["insertion:0.5"]).toMatchObject({ metric: "insertion", better: "higher", parameters: { baseline: 0.5 } });
    expect(comparison["deletion"]!.ranking.map(({ method }) => method)).toEqual(["integrated", "vanilla"]);
    expect(record.file).toBe("table.onnx");
    expect(inputs).toMatchObject([{ file: "row.json", path: row, names: [null] }]);
    expect(files).toEqual({
      record: "evaluation.table.json",
      curves: { deletion: "evaluation.table.deletion.png", "insertion:0.5": "evaluation.table.insertion_0.5.png" },
    });
    expect((await readdir(out)).toSorted()).toEqual([files.record, ...Object.values(files.curves)].toSorted());
    expect(await sharp(join(out, files.curves["deletion"]!)).metadata()).toMatchObject({ width: 720, height: 440 });
    expect((JSON.parse(await readFile(join(out, files.record), "utf8")) as EvaluationDocument).evaluation).toEqual(evaluation);
  });

  it("prints a table with the best of each column, and the order of methods", async () => {
    const { model, row, out } = await table();
    const { stdout } = await runCli(["evaluate", model, row, "-t", "1", "-m", "vanilla,integrated", "--metric", "deletion,completeness", "-o", out]);
    expect(stdout).toMatch(/deletion +completeness/);
    expect(stdout).toMatch(/integrated +2\.25 \*/);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("deletion, lower is better: integrated, then vanilla (1 input says little)");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("sensitivities, which are not meant to add up");
    expect(stdout).toMatch(/written +\S*evaluation\.table\.json/);
  });

  it("puts many metrics below each other, for terminals of 80 columns", async () => {
    const { model, row, out } = await table();
    const metric = "deletion,insertion,pixel-flipping,infidelity,faithfulness-correlation,max-sensitivity,sparseness";
    const { stdout } = await runCli(["evaluate", model, row, "-t", "1", "-m", "vanilla,integrated", "--metric", metric, "-o", out]);
    expect(stdout).toMatch(/better +vanilla +integrated/);
    expect(stdout).toMatch(/deletion +lower +4\.25 +2\.25 \*/);
    const lines = stdout.slice(stdout.indexOf("means over"), stdout.indexOf("written")).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("takes the baselines of the methods for their completeness, tensors too", async () => {
    const { folder, model, row, out } = await table();
    const baseline = join(folder, "baseline.json");
    await writeFile(baseline, "[1, 1, 1, 1]");
    const { evaluation } = await evaluateJson(model, row, "-t", "1", "-m", "integrated", "--baseline", baseline, "--metric", "completeness", "-o", out);
    expect(evaluation.results["completeness"]!["integrated"]!.values[0]).toBeLessThan(1e-6);
  });

  it("says of a method that cannot explain the model why, and measures the others", async () => {
    const { folder, model, row, out } = await table();
    await writeFile(join(folder, "other.json"), "[[4, 3, 2, 1]]");
    const argv = [model, row, join(folder, "other.json"), "-t", "1", "-m", "grad-cam,vanilla,integrated", "--metric", "deletion", "-o", out];
    const { code, evaluation, comparison, failures } = await evaluateJson(...argv);
    expect([code, failures]).toEqual([1, []]);
    expect(evaluation.refused).toMatchObject([{ method: "grad-cam", rows: [0, 1], code: "WRT_UNKNOWN" }]);
    expect(evaluation.results["deletion"]!["grad-cam"]).toEqual({ values: [null, null], mean: null });
    expect(evaluation.results["deletion"]!["vanilla"]!.values[0]).toEqual(4.25);
    expect(comparison["deletion"]).toMatchObject({ rows: 2, unranked: ["grad-cam"], refused: [{ code: "WRT_UNKNOWN" }] });
    const { stdout } = await runCli(["evaluate", ...argv]);
    expect(stdout).toMatch(/grad-cam +-\n +vanilla/);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/refused grad-cam: No value of this network has positions .*as in grad-cam@NAME .*\[WRT_UNKNOWN\]/);
    // A layer that was named and is not there is a mistake of the command line's, which ends it.
    const wrong = await runCli(["evaluate", model, row, "-t", "1", "-m", "grad-cam@nothing,vanilla", "-o", out]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('no layer "nothing"')]);
    expect(wrong.stdout).not.toContain("means over");
  });

  it("knows methods that do not look at the weights: permuted ones change the gradient", async () => {
    const { model, row, out } = await table();
    const { evaluation, code } = await evaluateJson(model, row, "-t", "1", "--metric", "mprt,efficient-mprt", "-o", out);
    expect(code).toBe(0);
    expect(evaluation.results["mprt"]!["vanilla"]!.values[0]).toBeLessThan(1);
    expect(evaluation.results["mprt"]!["vanilla"]!.curves![0]!.x).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});

describe("masks", () => {
  const METRICS = "pointing:MASKS,mass:MASKS,rank:MASKS";
  const NAMES = ["a", "b", "c", "d", "e"];

  it("go the way of their pictures, and intervals come with five inputs", async () => {
    const { folder, model, out, masks } = await scenes(NAMES);
    const metric = METRICS.replaceAll("MASKS", masks);
    const argv = [model, join(folder, "pictures"), "-t", "0", "--preset", "unit", "-m", "vanilla,guided", "--metric", metric, "-o", out];
    const { evaluation } = await evaluateJson(...argv);
    expect(evaluation.rows).toBe(5);
    // dF/dx is (4 − 2 + 1) / 64 where the picture has light, and 0 elsewhere.
    for (const name of metric.split(",")) expect(evaluation.results[name]!["vanilla"]!.mean, name).toBeCloseTo(1, 6);
    const { stdout } = await runCli(["evaluate", ...argv]);
    expect(stdout).toMatch(/mean +95% interval +best of all in/);
    expect(stdout).toMatch(/vanilla +1 +1 to 1 +50%/);
  });

  it("that are missing, empty or of other proportions fail their input, and the others go on", async () => {
    const { folder, model, out, masks } = await scenes(NAMES);
    const solid = (width: number, level: number): Sharp => sharp({ create: { width, height: 16, channels: 3, background: { r: level, g: level, b: level } } });
    await solid(16, 0).png().toFile(join(masks, "a.png"));
    await solid(40, 255).png().toFile(join(masks, "b.png"));
    await writeFile(join(folder, "pictures", "f.png"), "no picture");
    await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .png()
      .toFile(join(folder, "pictures", "g.png"));
    const argv = [model, join(folder, "pictures"), "-t", "0", "--preset", "unit", "--metric", `mass:${masks}`, "-o", out];
    const { code, failures, evaluation, inputs } = await evaluateJson(...argv);
    expect(code).toBe(1);
    expect(failures.map(({ error }) => error.code)).toEqual(["IMAGE_INVALID", "IMAGE_INVALID", "IMAGE_INVALID", "INPUT_MISSING"]);
    expect(failures.map(({ error }) => error.message).join("\n")).toMatch(/nothing inside[\s\S]*40 x 16[\s\S]*decoded[\s\S]*no mask/);
    expect(evaluation.rows).toBe(3);
    expect(inputs.map(({ file }) => file)).toEqual(["c.png", "d.png", "e.png"]);
    expect((await runCli(["evaluate", ...argv])).stdout).toContain("3 of 7 inputs evaluated");
  });
});

describe("what cannot be done", () => {
  it.each([
    ["deletoin", /There is no metric "deletoin"\. Did you mean deletion\?/],
    ["pointing-game:masks", /There is no metric "pointing-game"\. Did you mean pointing\?/],
    ["relevance_mass", /Did you mean mass\?/],
    ["deletion,beauty", /There is no metric "beauty"\. Metrics are deletion/],
    ["pointing", /pointing: it needs a folder of masks/],
    ["pointing:a,mass:b", /several folders of masks: a, b/],
    ["deletion:nothing", /mean, blur or a number/],
    ["pixel-flipping:0", /integer, 1 or above/],
    ["sparseness:3", /nothing follows this metric/],
  ])("--metric %s is refused with what would do", async (metric, message) => {
    const { model, row } = await table();
    const { code, stderr } = await runCli(["evaluate", model, row, "--metric", metric]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("fails where no input is left, and stops when it is interrupted", async () => {
    const { folder, model, row, out } = await table();
    await writeFile(join(folder, "bad.json"), "[1, 2]");
    expect(await evaluateJson(model, join(folder, "bad.json"), "-o", out)).toMatchObject({ code: 1, failures: [{ input: join(folder, "bad.json") }] });
    await expect(readdir(out)).rejects.toThrow("ENOENT");
    const { code, stderr } = await runCli(["evaluate", model, row, "-o", out], { signal: AbortSignal.abort() });
    expect([code, stderr]).toEqual([130, expect.stringContaining("Interrupted")]);
  });
});
