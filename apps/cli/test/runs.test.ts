import { access, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import sharp from "sharp";
import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import type { Failure } from "../src/explain/report.ts";
import { activatedModel, pictureModel, tableModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

interface Document {
  readonly out: string;
  readonly sheets: readonly string[];
  readonly explanations: readonly ExplanationRecord[];
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

async function pictures(): Promise<{ readonly folder: string; readonly model: string; readonly out: string }> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "pictures", "deeper"), { recursive: true });
  await writeTestPicture(join(folder, "pictures"), "red.png", { r: 255, g: 51, b: 0 });
  await writeTestPicture(join(folder, "pictures"), "green.png", { r: 10, g: 250, b: 20 });
  await writeTestPicture(join(folder, "pictures", "deeper"), "blue.png", { r: 10, g: 20, b: 250 });
  await writeFile(join(folder, "pictures", "notes.txt"), "no picture");
  return { folder, model: await writeTestModel(folder, "net.onnx", pictureModel()), out: join(folder, "out") };
}

async function explainJson(...argv: readonly string[]): Promise<Document & { readonly code: number; readonly stderr: string }> {
  const { code, stdout, stderr } = await runCli(["explain", ...argv, "--json"]);
  return { ...(JSON.parse(stdout) as Document), code, stderr };
}

describe("several inputs", () => {
  it("are the pictures of a folder, and what a glob matches", async () => {
    const { folder, model, out } = await pictures();
    const filesOf = async (input: string): Promise<readonly string[]> =>
      (await explainJson(model, input, "-o", out)).explanations.map(({ input: { file } }) => file);
    expect(await filesOf(join(folder, "pictures"))).toEqual(["green.png", "red.png"]);
    expect(await filesOf(join(folder, "pictures", "**", "*.png"))).toEqual(["blue.png", "green.png", "red.png"]);
    const table = await writeTestModel(folder, "table.onnx", tableModel());
    await mkdir(join(folder, "rows"));
    await writeFile(join(folder, "rows", "a.json"), "[1, 2, 3, 4]");
    expect((await explainJson(table, join(folder, "rows"), "-o", out)).explanations).toHaveLength(1);
  });

  it("that are nothing are said so", async () => {
    const { folder, model } = await pictures();
    await mkdir(join(folder, "empty"));
    expect((await runCli(["explain", model, join(folder, "empty")])).stderr).toMatch(/holds no picture.*\[INPUT_MISSING\]/);
    expect((await runCli(["explain", model, join(folder, "*.jpg")])).stderr).toMatch(/No file matches.*\[INPUT_MISSING\]/);
  });

  it("a file whose name looks like a glob is that file", async () => {
    const { folder, model, out } = await pictures();
    const path = await writeTestPicture(folder, "[a] *.png", { r: 1, g: 2, b: 3 });
    expect((await explainJson(model, path, "-o", out)).explanations[0]!.input.file).toBe("[a] *.png");
  });

  it("go on behind one that cannot be read: it is recorded, and the exit code is 1", async () => {
    const { folder, model, out } = await pictures();
    await writeFile(join(folder, "pictures", "broken.png"), "no picture");
    const { code, stderr, explanations, failures } = await explainJson(model, join(folder, "pictures"), join(folder, "none.png"), "-o", out);
    expect(code).toBe(1);
    expect(explanations.map(({ input: { file } }) => file)).toEqual(["green.png", "red.png"]);
    expect(failures.map(({ input, error }) => [input, error.code])).toEqual([
      [join(folder, "pictures", "broken.png"), "IMAGE_INVALID"],
      [join(folder, "none.png"), "IMAGE_INVALID"],
    ]);
    expect(stderr.match(/^error: .*\[IMAGE_INVALID\]$/gm)).toHaveLength(2);
    const { stdout, code: again } = await runCli(["explain", model, join(folder, "pictures"), "-o", out]);
    expect(again).toBe(1);
    expect(stdout).toMatch(/\[2\/3\] .*green\.png[^]*\[3\/3\] .*red\.png/);
    expect(stdout).toContain("2 of 3 inputs explained");
  });

  it("end at an option that fits none of them", async () => {
    const { folder, model, out } = await pictures();
    const { code, stderr, stdout } = await runCli(["explain", model, join(folder, "pictures"), "-o", out, "--target", "9"]);
    expect(code).toBe(1);
    expect(stderr.match(/TARGET_OUT_OF_RANGE/g)).toHaveLength(1);
    expect(stdout).not.toContain("red.png");
  });
});

describe("several models", () => {
  it("explain the same inputs, and their files do not take each other's place", async () => {
    const { folder, model, out } = await pictures();
    const other = await writeTestModel(folder, "other.onnx", pictureModel());
    const { explanations, sheets, code } = await explainJson(model, other, join(folder, "pictures", "red.png"), "-o", out, "--render", "overlay,sheet");
    expect(code).toBe(0);
    expect(explanations.map((record) => [record.model.path, record.files.record])).toEqual([
      [model, "red.net.vanilla.json"],
      [other, "red.other.vanilla.json"],
    ]);
    expect(sheets).toEqual([join(out, "sheet.net.png"), join(out, "sheet.other.png")]);
    for (const sheet of sheets) await access(sheet);
  });

  it("of one name have names of their own, in one run and in two", async () => {
    const { folder, model, out } = await pictures();
    const picture = join(folder, "pictures", "red.png");
    await mkdir(join(folder, "second"));
    const changed = { ...pictureModel(), producerName: "another" };
    const second = await writeTestModel(join(folder, "second"), "net.onnx", changed);
    expect((await explainJson(model, second, picture, "-o", out)).explanations.map(({ files }) => files.record)).toEqual([
      "red.net.vanilla.json",
      "red.net-2.vanilla.json",
    ]);
    const later = join(folder, "later");
    const first = (await explainJson(model, picture, "-o", later)).explanations[0]!;
    const before = await readFile(join(later, first.files.record), "utf8");
    expect((await explainJson(second, picture, "-o", later)).explanations[0]!.files.record).toBe("red.net-2.vanilla.json");
    expect(await readFile(join(later, first.files.record), "utf8")).toBe(before);
    // A model that was trained again takes the place of what it was.
    await writeTestModel(folder, "net.onnx", changed);
    expect((await explainJson(model, picture, "-o", later)).explanations[0]!.files.record).toBe("red.net.vanilla.json");
  });

  it("go on behind one that cannot be loaded", async () => {
    const { folder, model, out } = await pictures();
    await writeFile(join(folder, "broken.onnx"), "no model");
    const { code, failures, explanations } = await explainJson(join(folder, "broken.onnx"), model, join(folder, "pictures", "red.png"), "-o", out);
    expect({ code, explained: explanations.length }).toEqual({ code: 1, explained: 1 });
    expect(failures).toMatchObject([{ input: null, error: { code: "MODEL_INVALID" } }]);
  });
});

it("sheets have a bounded number of rows, and the next begins where one is full", async () => {
  const { folder, model, out } = await pictures();
  const picture = join(folder, "pictures", "red.png");
  const { sheets } = await explainJson(model, ...Array<string>(33).fill(picture), "-o", out, "--render", "sheet");
  expect(sheets).toEqual([join(out, "sheet.net.png"), join(out, "sheet.net-2.png")]);
  const [first, second] = await Promise.all(sheets.map((sheet) => sharp(sheet).metadata()));
  expect(first!.height).toBeGreaterThan(20 * second!.height);
});

it("leaves no unfinished file behind", async () => {
  const { folder, model, out } = await pictures();
  await runCli(["explain", model, join(folder, "pictures"), "-o", out]);
  expect((await readdir(out)).filter((name) => !/^(?:red|green)\.net\.vanilla\.(?:json|npy|overlay\.png)$/.test(name))).toEqual([]);
});

describe("names from files", () => {
  const hostile = "y\u001b[2J\u009b31m\u202e";

  it("cannot drive a terminal, and keep their characters in JSON", async () => {
    const folder = await temporaryFolder();
    const model = activatedModel("Softmax");
    model.graph!.output[0]!.name = hostile;
    model.graph!.node.at(-1)!.output[0] = hostile;
    const path = await writeTestModel(folder, "net.onnx", model);
    await writeFile(join(folder, "row.json"), "[1, 0, 0, 0]");
    await writeFile(join(folder, "labels.txt"), "cat\u001b]0;owned\u0007\ndog\n");
    const argv = ["explain", path, join(folder, "row.json"), "-o", folder, "-l", join(folder, "labels.txt")];
    for (const { stdout, stderr } of [await runCli(argv), await runCli(["check", path]), await runCli([...argv, "--wrt", "\u001b[31mnothing"])]) {
      // oxlint-disable-next-line no-control-regex
      expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
    expect((await runCli(argv)).stdout).toContain("\\u001b[2J\\u009b31m\\u202e");
    const { stdout } = await runCli([...argv, "--json"]);
    expect(stdout).not.toContain("\u009b");
    expect((JSON.parse(stdout) as Document).explanations[0]!.output).toBe(hostile);
  });

  it("cannot forge lines", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "net.onnx", activatedModel("Softmax"));
    await writeFile(join(folder, "row.json"), "[1, 0, 0, 0]");
    await writeFile(join(folder, "labels.json"), JSON.stringify(["cat\nwritten /etc/passwd", "dog"]));
    const { stdout } = await runCli(["explain", model, join(folder, "row.json"), "-o", folder, "-l", join(folder, "labels.json"), "-t", "0"]);
    expect(stdout).not.toMatch(/^written/m);
  });
});

describe("preprocessing", () => {
  it("is not called guessed once every value was given", async () => {
    const { folder, model, out } = await pictures();
    const argv = ["explain", model, join(folder, "pictures", "red.png"), "-o", out];
    const values = ["--scale", "0.00392", "--mean", "0", "--std", "1", "--channels", "rgb"];
    const partly = await runCli([...argv, ...values]);
    expect(partly.stdout).toMatch(/guessed[^]*other values \(crop\)/);
    for (const last of [
      ["--crop-fraction", "1"],
      ["--resize", "stretch"],
    ]) {
      const { stdout } = await runCli([...argv, ...values, ...last]);
      expect(stdout).not.toContain("guessed");
      expect(stdout).toContain("pixels   8 x 8");
    }
    const { explanations } = await explainJson(...argv.slice(1), ...values, "--resize", "stretch");
    expect(explanations[0]!.input.picture).toMatchObject({ preset: null, guessed: [] });
  });

  it("takes a background, a bound on pixels, and pictures as they are", async () => {
    const { folder, model, out } = await pictures();
    const clear = join(folder, "clear.png");
    await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toFile(clear);
    const top = async (...flags: readonly string[]): Promise<number> => (await explainJson(model, clear, "-o", out, ...flags)).explanations[0]!.rows[0]!.score;
    expect(await top("--target", "1", "--background", "#0f0")).toBeCloseTo(3, 5);
    expect(await top("--target", "1", "--background", "black")).toBeCloseTo(0, 5);
    const refused = await runCli(["explain", model, clear, "-o", out, "--max-pixels", "63"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/--max-pixels.*\[IMAGE_INVALID\]/s) as string });
    const large = await writeTestPicture(folder, "large.png", { r: 255, g: 0, b: 0 }, 9);
    const asItIs = await runCli(["explain", model, large, clear, "-o", out, "--resize", "none"]);
    expect(asItIs).toMatchObject({ code: 1, stderr: expect.stringMatching(/large\.png.*9.*\[INPUT_SHAPE\]/s) as string });
    expect(asItIs.stdout).toContain("1 of 2 inputs explained");
  });
});

describe("loading", () => {
  it("takes dims that the file leaves open, threads, and rows per run", async () => {
    const { folder, model, out } = await pictures();
    const argv = [model, join(folder, "pictures", "red.png"), "-o", out, "-m", "smooth", "--samples", "5", "--noise-std", "0.1"];
    const plain = await explainJson(...argv);
    const { explanations, code } = await explainJson(...argv, "--threads", "1", "--batch", "2", "--input-dims", "picture=N,3,8,8");
    expect(code).toBe(0);
    expect(explanations[0]!.rows[0]!.score).toBeCloseTo(plain.explanations[0]!.rows[0]!.score, 5);
    const wrong = await runCli(["explain", model, join(folder, "pictures", "red.png"), "--input-dims", "picture=N,4,8,8"]);
    expect(wrong.code).toBe(1);
  });
});
