import { access, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import sharp from "sharp";
import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { readNpy, writeNpy } from "../src/inputs/npy-file.ts";
import {
  PICTURE_WEIGHTS,
  TABLE_WEIGHTS,
  activatedModel,
  gatedModel,
  pictureModel,
  tableModel,
  tokenModel,
  writeTestModel,
  writeTestPicture,
} from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

/** Channel means of the picture that the tests explain, 0…1: exact in eighths of a byte. */
const MEANS = [1, 51 / 255, 0] as const;
const LOGITS = PICTURE_WEIGHTS.map((row) => row.reduce<number>((sum, weight, channel) => sum + weight * MEANS[channel]!, 0));

interface Scene {
  readonly folder: string;
  readonly model: string;
  readonly picture: string;
  readonly labels: string;
  readonly out: string;
}

async function scene(): Promise<Scene> {
  const folder = await temporaryFolder();
  const labels = join(folder, "labels.txt");
  await writeFile(labels, "red fox\ngreen frog\nblue jay\n");
  return {
    folder,
    labels,
    model: await writeTestModel(folder, "net.onnx", pictureModel()),
    picture: await writeTestPicture(folder, "red.png", { r: 255, g: 51, b: 0 }),
    out: join(folder, "out"),
  };
}

async function readRecord(path: string): Promise<ExplanationRecord> {
  return JSON.parse(await readFile(path, "utf8")) as ExplanationRecord;
}

describe("xdeep explain on a picture", () => {
  it("keeps what is prepared for the engine where it is told to", async () => {
    const { folder, model, picture, out } = await scene();
    const cache = join(folder, "cache");
    const numbersOf = async (...flags: readonly string[]): Promise<Uint8Array> => {
      const { code, stderr } = await runCli(["explain", model, picture, "--out", out, ...flags]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return readFile(join(out, "red.net.vanilla.npy"));
    };
    const plain = await numbersOf();
    for (let run = 0; run < 2; run++) expect(await numbersOf("--cache", cache)).toEqual(plain);
    const entries = await readdir(cache);
    expect(entries.length).toBeGreaterThan(0);
    const { code, stderr } = await runCli(["explain", model, picture, "--out", out, "--cache", picture]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("cache folder");
  });

  it("writes the gradient, its picture and where they come from", async () => {
    const { model, picture, labels, out } = await scene();
    const { code, stdout, stderr } = await runCli(["explain", model, picture, "--labels", labels, "--out", out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("red fox (0), logit 3.6");
    expect(stdout).toContain("probabilities, a softmax");
    expect((await readdir(out)).toSorted()).toEqual(["red.net.vanilla.json", "red.net.vanilla.npy", "red.net.vanilla.overlay.png"]);
    const { dims, numbers } = await readNpy(join(out, "red.net.vanilla.npy"));
    expect(dims).toEqual([1, 3, 8, 8]);
    // Blue is 0 everywhere, where the rectifier's derivative is 0.
    const expected = [...Array<number>(64).fill(4 / 64), ...Array<number>(64).fill(-2 / 64), ...Array<number>(64).fill(0)];
    Array.from(numbers).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 6));
    const { width, height } = await sharp(join(out, "red.net.vanilla.overlay.png")).metadata();
    expect([width, height]).toEqual([224, 224]);
  });

  it("records enough to make the result again", async () => {
    const { model, picture, labels, out } = await scene();
    await runCli(["explain", model, picture, "-l", labels, "-o", out, "-m", "smooth-guided", "--samples", "3", "--noise-level", "0.1", "--seed", "7"]);
    const record = await readRecord(join(out, "red.net.smooth-guided.json"));
    expect(record.model.file).toBe("net.onnx");
    expect(record.model.sha256).toMatch(/^[\da-f]{64}$/);
    expect(record.input).toMatchObject({
      file: "red.png",
      input: "picture",
      dims: [1, 3, 8, 8],
      picture: { preset: "unit", guessed: ["channels", "scale", "mean", "std", "cropFraction"] },
    });
    expect(record.input.picture?.preprocessing).toMatchObject({ size: { width: 8, height: 8 }, layout: "NCHW" });
    expect(record.method).toMatchObject({ name: "smooth", parameters: { n: 3, noiseLevel: 0.1, seed: 7 }, of: { name: "guided" } });
    expect(record).toMatchObject({ rule: "guided", rectifiers: 1, score: "logit", output: "probabilities", entries: "probabilities" });
    expect(record.rows[0]).toMatchObject({ target: 0, name: "red fox" });
    expect(record.rows[0]!.score).toBeCloseTo(LOGITS[0]!, 5);
    expect(Object.keys(record.versions)).toEqual(expect.arrayContaining(["@xdeep/cli", "@xdeep/core", "@xdeep/guided", "@xdeep/smooth", "@xdeep/onnxruntime"]));
    const again = join(out, "again");
    await runCli(["explain", model, picture, "-o", again, "-m", "smooth-guided", "--samples", "3", "--noise-level", "0.1", "--seed", "7"]);
    expect(await readFile(join(again, "red.net.smooth-guided.npy"))).toEqual(await readFile(join(out, "red.net.smooth-guided.npy")));
  });

  it("integrates to the difference of the scores, and says how well", async () => {
    const { model, picture, out } = await scene();
    const { stdout } = await runCli(["explain", model, picture, "-o", out, "-m", "integrated", "-n", "5", "--target", "1"]);
    expect(stdout).toMatch(/delta {8}\S+, \S+% of F\(x\) - F\(baseline\) = -0\.4\n/);
    const { rows } = await readRecord(join(out, "red.net.integrated.json"));
    expect(rows[0]!.convergence!.difference).toBeCloseTo(LOGITS[1]!, 5);
    expect(Math.abs(rows[0]!.convergence!.delta)).toBeLessThan(1e-5);
    const { numbers } = await readNpy(join(out, "red.net.integrated.npy"));
    expect(numbers[0]).toBeCloseTo(-1 / 64, 6);
    expect(numbers[64]).toBeCloseTo((3 / 64) * MEANS[1], 6);
  });

  it("takes baselines as colours and pictures", async () => {
    const { model, picture, folder, out } = await scene();
    const blue = await writeTestPicture(folder, "blue.png", { r: 0, g: 0, b: 255 });
    for (const [baseline, logit] of [
      ["black", 0],
      ["white", 3],
      [blue, 1],
    ] as const) {
      const { code } = await runCli(["explain", model, picture, "-o", out, "-m", "integrated", "-n", "4", "-t", "0", "--baseline", baseline]);
      expect(code).toBe(0);
      const { rows, baseline: recorded } = await readRecord(join(out, "red.net.integrated.json"));
      expect(rows[0]!.convergence!.difference).toBeCloseTo(LOGITS[0]! - logit, 5);
      expect(recorded).toEqual([baseline]);
    }
  });

  it("averages over several baselines", async () => {
    const { model, picture, out } = await scene();
    await runCli([
      "explain",
      model,
      picture,
      "-o",
      out,
      "-m",
      "integrated",
      "-n",
      "4",
      "-t",
      "0",
      "--baseline",
      "black",
      "--baseline",
      "white",
      "--baseline",
      "0.5",
    ]);
    const { rows, baseline } = await readRecord(join(out, "red.net.integrated.json"));
    expect(rows[0]!.convergence!.difference).toBeCloseTo(LOGITS[0]! - (0 + 3 + 1.5) / 3, 5);
    expect(baseline).toEqual(["black", "white", "0.5"]);
  });

  it("says that a probability was asked for where the model has none, on the screen and on the page", async () => {
    const folder = await temporaryFolder();
    const [model, page] = [await writeTestModel(folder, "table.onnx", tableModel()), join(folder, "page.html")];
    await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
    const { stdout } = await runCli(["explain", model, join(folder, "row.json"), "-o", folder, "--score", "probability", "--report", page]);
    for (const text of [stdout, await readFile(page, "utf8")]) expect(text.replaceAll(/\s+/g, " ")).toContain("no softmax or sigmoid at its end");
  });

  it("shows notes on the screen, in its own words, and keeps them in the record", async () => {
    const { model, picture, out } = await scene();
    const argv = ["explain", model, picture, "-o", out, "-m", "integrated", "--score", "probability", "-n", "1", "--baseline", "-9"];
    const { stdout } = await runCli(argv);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/note The attributions add up to .*Take more --steps, or give a --tolerance\./);
    expect((await readRecord(join(out, "red.net.integrated.json"))).notes).toEqual([expect.stringContaining("add up to") as string]);
  });

  it("warns where a tolerance was not reached", async () => {
    const { model, picture, out } = await scene();
    const { code, stderr } = await runCli(["explain", model, picture, "-o", out, "-m", "integrated", "--score", "probability", "--tolerance", "1e-30"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/integrated: \d+ steps did not bring delta within the tolerance/);
  });

  it("runs several methods on several files, and lays them out on a sheet", async () => {
    const { model, picture, folder, out } = await scene();
    const other = await writeTestPicture(folder, "green.png", { r: 10, g: 250, b: 20 });
    const { code, stdout } = await runCli([
      "explain",
      model,
      picture,
      other,
      "-o",
      out,
      "-m",
      "vanilla,guided",
      "--render",
      "overlay,heatmap,diverging,gradient,sheet",
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("rectifiers   1");
    const files = await readdir(out);
    expect(files).toHaveLength(2 * 2 * 6 + 1);
    const { width } = await sharp(join(out, "sheet.net.png")).metadata();
    expect(width).toBeGreaterThan(3 * 224);
    const guided = await readNpy(join(out, "red.net.guided.npy"));
    expect(Math.min(...guided.numbers)).toBe(0);
  });

  it("colours overlays by sign where the sum of the channels is asked for", async () => {
    const { model, folder, out } = await scene();
    // Class 0 has weights 4 and −2 for red and green; what is 0 does not pass the rectifier.
    const picture = join(folder, "halves.png");
    const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, at) => (Math.floor(at / 3) % 8 < 4 ? [200, 0, 0] : [0, 200, 0])[at % 3]!);
    await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toFile(picture);
    const flags = ["-t", "0", "--render", "overlay", "--blur", "0", "--opacity", "1"];
    await runCli(["explain", model, picture, "-o", out, ...flags, "--reduce", "sum"]);
    const { data, info } = await sharp(join(out, "halves.net.vanilla.overlay.png")).raw().toBuffer({ resolveWithObject: true });
    const redOverBlue = (x: number): number => data[(100 * info.width + x) * 3]! - data[(100 * info.width + x) * 3 + 2]!;
    expect(redOverBlue(10)).toBeGreaterThan(50);
    expect(redOverBlue(info.width - 10)).toBeLessThan(-20);
  });

  it("keeps the results of files of one name apart", async () => {
    const { model, picture, out } = await scene();
    await runCli(["explain", model, picture, picture, "-o", out]);
    expect(await readdir(out)).toEqual(expect.arrayContaining(["red.net.vanilla.npy", "red-2.net.vanilla.npy"]));
  });

  it("reduces to the signed maximum over channels", async () => {
    const { model, picture, out } = await scene();
    await runCli(["explain", model, picture, "-o", out, "--take-max", "-t", "1"]);
    const { dims, numbers } = await readNpy(join(out, "red.net.vanilla.npy"));
    expect(dims).toEqual([1, 1, 8, 8]);
    expect(numbers[0]).toBeCloseTo(3 / 64, 6);
  });

  it("draws the attribution of an inner value", async () => {
    const { model, picture, out } = await scene();
    expect((await runCli(["explain", model, picture, "-o", out, "--wrt", "rectified", "-m", "integrated"])).code).toBe(0);
    expect((await readdir(out)).toSorted()).toEqual([
      "red.net.integrated.json",
      "red.net.integrated.rectified.npy",
      "red.net.integrated.rectified.overlay.png",
    ]);
  });

  it("explains the probability when asked", async () => {
    const { model, picture, out } = await scene();
    const { stdout } = await runCli(["explain", model, picture, "-o", out, "--score", "probability", "-m", "integrated", "-n", "20"]);
    const exponentials = LOGITS.map(Math.exp);
    const probability = exponentials[0]! / exponentials.reduce((sum, value) => sum + value);
    const { rows, score } = await readRecord(join(out, "red.net.integrated.json"));
    expect(score).toBe("probability");
    expect(rows[0]!.score).toBeCloseTo(probability, 5);
    expect(stdout).toContain("probability");
  });

  it("finds a target by name", async () => {
    const { model, picture, labels, out } = await scene();
    const { stdout } = await runCli(["explain", model, picture, "-o", out, "-l", labels, "-t", "Green_Frog"]);
    expect(stdout).toContain("green frog (1)");
  });

  it("says which preset it guessed, and takes another", async () => {
    const { model, picture, out } = await scene();
    expect((await runCli(["explain", model, picture, "-o", out])).stdout).toMatch(/preset {3}unit, guessed \(8 x 8 pixels\)[^]*--preset/);
    const { stdout } = await runCli(["explain", model, picture, "-o", out, "--preset", "caffe"]);
    expect(stdout).toContain("preset   caffe: 8 x 8 crop 0.875, bgr NCHW");
    expect(stdout).not.toContain("guessed");
  });

  it("takes a preset from a file, and single values over it", async () => {
    const { model, picture, folder, out } = await scene();
    const preset = join(folder, "half.json");
    await writeFile(preset, JSON.stringify({ preset: "unit", scale: 1 / 510 }));
    await runCli(["explain", model, picture, "-o", out, "-p", preset, "--std", "0.5", "-t", "0"]);
    const { rows } = await readRecord(join(out, "red.net.vanilla.json"));
    expect(rows[0]!.score).toBeCloseTo(LOGITS[0]!, 5);
  });

  it("prints one JSON document and nothing else with --json", async () => {
    const { model, picture, out } = await scene();
    const { code, stdout, stderr } = await runCli(["explain", model, picture, "-o", out, "--json", "-m", "vanilla,integrated"]);
    const printed = JSON.parse(stdout) as { out: string; explanations: ExplanationRecord[] };
    expect({ code, stderr, out: printed.out, names: printed.explanations.map(({ name }) => name) }).toEqual({
      code: 0,
      stderr: "",
      out,
      names: ["vanilla", "integrated"],
    });
    for (const { files } of printed.explanations) await access(join(out, files.record));
  });

  it("draws a progress bar on a terminal only", async () => {
    const { model, picture, out } = await scene();
    const argv = ["explain", model, picture, "-o", out, "-m", "integrated"];
    expect((await runCli(argv)).stderr).toBe("");
    const { PassThrough } = await import("node:stream");
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const drawn: Buffer[] = [];
    terminal.on("data", (chunk: Buffer) => drawn.push(chunk));
    const { main } = await import("../src/main.ts");
    expect(await main(argv, { stdout: { write: () => true }, stderr: terminal })).toBe(0);
    expect(Buffer.concat(drawn).toString()).toContain("red integrated [");
  });

  it("warns where guided meets no rectifier", async () => {
    const { folder, out } = await scene();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
    const { code, stderr } = await runCli(["explain", model, join(folder, "row.json"), "-o", out, "-m", "guided"]);
    expect(code).toBe(0);
    expect(stderr).toContain("guided met no rectifier");
  });

  it("warns of labels for another number of classes", async () => {
    const { model, picture, folder, out } = await scene();
    await writeFile(join(folder, "two.txt"), "a\nb\n");
    expect((await runCli(["explain", model, picture, "-o", out, "-l", join(folder, "two.txt")])).stderr).toContain(
      'has 2 names, but output "probabilities" has 3',
    );
  });
});

describe("xdeep explain on numbers", () => {
  it("prints a table of features", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "rows.json"), "[[1, 2, 3, 4], [4, 1, 0, 0]]");
    await writeFile(join(folder, "features.json"), '["length", "width", "height", "age"]');
    const { code, stdout } = await runCli([
      "explain",
      model,
      join(folder, "rows.json"),
      "-o",
      folder,
      "-m",
      "integrated",
      "--features",
      join(folder, "features.json"),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("scores as the model gives them");
    expect(stdout).toMatch(/row 0: entry 1, score 2\n/);
    expect(stdout).toMatch(/1 {2}width {4}6 {2}\++\n/);
    expect(stdout).toMatch(/3 {2}age {5}-4 {2}-+\n/);
    const { dims, numbers } = await readNpy(join(folder, "rows.table.integrated.npy"));
    expect(dims).toEqual([2, 4]);
    expect(Array.from(numbers)).toEqual([0, 6, 0, -4, 4, 0, 0, 0].map((value) => expect.closeTo(value, 5) as number));
  });

  it("adds the batch axis to one sample, from .npy files too", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeNpy(join(folder, "row.npy"), { type: "float32", dims: [4], data: Float32Array.of(1, 2, 3, 4) });
    const { code } = await runCli(["explain", model, join(folder, "row.npy"), "-o", join(folder, "out"), "-t", "0"]);
    expect(code).toBe(0);
    expect(Array.from((await readNpy(join(folder, "out", "row.table.vanilla.npy"))).numbers)).toEqual([...TABLE_WEIGHTS[0]]);
  });

  it("takes further inputs, and attributes to the ones named", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "gated.onnx", gatedModel());
    await writeFile(join(folder, "x.json"), "[1, 2, 3, 4]");
    await writeFile(join(folder, "gate.json"), "[1, 0, 1, 0]");
    const argv = ["explain", model, join(folder, "x.json"), "-o", folder, "-t", "0", "--input", `gate=${join(folder, "gate.json")}`];
    expect((await runCli(argv)).code).toBe(0);
    expect(Array.from((await readNpy(join(folder, "x.gated.vanilla.x.npy"))).numbers)).toEqual([1, 0, -2, 0]);
    expect(Array.from((await readNpy(join(folder, "x.gated.vanilla.gate.npy"))).numbers)).toEqual([1, 0, -6, 2]);
    expect((await runCli([...argv, "--wrt", "x"])).code).toBe(0);
    expect(Array.from((await readNpy(join(folder, "x.gated.vanilla.npy"))).numbers)).toEqual([1, 0, -2, 0]);
    const { code, stderr } = await runCli(["explain", model, join(folder, "x.json"), "-o", folder]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/give the others by --input NAME=FILE.*\[INPUT_MISSING\]/);
  });

  it.each([
    ["Softmax", "probabilities, a softmax"],
    ["LogSoftmax", "log-probabilities, a log-softmax"],
    ["Sigmoid", "probabilities, a sigmoid for each class"],
    ["Identity", "scores as the model gives them"],
  ] as const)("says what the entries after %s are", async (activation, note) => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "activated.onnx", activatedModel(activation));
    // Logits 0.6 and 0.4 add up to 1, as probabilities would.
    await writeFile(join(folder, "row.json"), "[0.6, 0.13333333, 0, 0]");
    expect((await runCli(["explain", model, join(folder, "row.json"), "-o", folder])).stdout).toContain(`(${note})`);
  });

  it("attributes to the embeddings of a model that takes tokens", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "tokens.onnx", tokenModel());
    await writeFile(join(folder, "tokens.json"), "[[2, 0]]");
    const { code, stdout } = await runCli(["explain", model, join(folder, "tokens.json"), "-o", folder, "--wrt", "embedded", "-t", "1"]);
    expect(code).toBe(0);
    expect(stdout).toContain("[0, 1]");
    const { dims, numbers } = await readNpy(join(folder, "tokens.tokens.vanilla.embedded.npy"));
    expect(dims).toEqual([1, 2, 2]);
    expect(Array.from(numbers)).toEqual([...TABLE_WEIGHTS[1]]);
  });
});
