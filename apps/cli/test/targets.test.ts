import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import { DETECTOR_WEIGHTS, TABLE_WEIGHTS, decisionModel, detectorModel, tableModel, writeTestModel } from "./models.ts";
import { type CliResult, runCli, temporaryFolder } from "./run-cli.ts";

const X = [0.5, -1, 2, 0.25] as const;

interface Explained extends CliResult {
  readonly record: ExplanationRecord;
  readonly gradient: readonly number[];
}

async function explainRow(model: Parameters<typeof writeTestModel>[2], ...flags: readonly string[]): Promise<Explained> {
  const folder = await temporaryFolder();
  const path = await writeTestModel(folder, "net.onnx", model);
  await writeFile(join(folder, "x.json"), JSON.stringify(X));
  await writeFile(join(folder, "names.txt"), "cat\ndog\nfox\n");
  const result = await runCli([
    "explain",
    path,
    join(folder, "x.json"),
    "-o",
    folder,
    ...flags.map((flag) => flag.replace("LABELS", join(folder, "names.txt"))),
  ]);
  if (result.code !== 0) throw new Error(result.stderr);
  const record = JSON.parse(await readFile(join(folder, "x.net.vanilla.json"), "utf8")) as ExplanationRecord;
  return { ...result, record, gradient: [...(await readNpy(join(folder, "x.net.vanilla.npy"))).numbers] };
}

/** Anchors by the score of a class at X. */
const scores = DETECTOR_WEIGHTS.map((weights) => weights.reduce((sum, weight, i) => sum + weight * X[i]!, 0));
const bestAnchor = (entry: number): number => [0, 1, 2, 3, 4].toSorted((a, b) => scores[7 * b + entry]! - scores[7 * a + entry]!)[0]!;
const weightsOf = (anchor: number, entry: number): readonly unknown[] => DETECTOR_WEIGHTS[7 * anchor + entry]!.map((value) => expect.closeTo(value, 4));

describe("a detector", () => {
  const anchor = bestAnchor(5);

  it.each([
    ["anchors first", [anchor, 5], "*,5"],
    ["anchors last", [5, anchor], "5,*"],
    ["two outputs", [anchor, 1], "*,1"],
  ] as const)("with %s: a class is the best anchor's, and that is said", async (form, index, highestOf) => {
    const { stdout, stderr, record, gradient } = await explainRow(detectorModel(form), "--labels", "LABELS", "--target", "dog");
    expect(stderr).toBe("");
    expect(stdout).toContain(`explained    dog (${index.join(",")}), score`);
    expect(stdout).toContain(`the highest of ${highestOf}\n`);
    expect(record).toMatchObject({ asked: "dog", highestOf, rows: [{ target: { index }, name: "dog" }] });
    expect(gradient).toEqual(weightsOf(anchor, 5));
  });

  it("whose first output has no place for the classes is explained by the one that has, and that is said", async () => {
    const { stdout, record } = await explainRow(detectorModel("two outputs"), "--labels", "LABELS");
    expect(stdout).toContain('output "scores" is explained: its entries fit the labels');
    expect(record.output).toBe("scores");
  });

  it("is explained by its highest class where none is named, and not by a number of a box", async () => {
    const { stdout, stderr, record } = await explainRow(detectorModel("anchors first"), "--labels", "LABELS");
    const classes = [0, 1, 2, 3, 4].flatMap((each) => [4, 5, 6].map((entry) => ({ each, entry, score: scores[7 * each + entry]! })));
    const [best] = classes.toSorted((a, b) => b.score - a.score);
    expect(record.rows[0]!.target).toEqual({ index: [best!.each, best!.entry] });
    expect(stdout).toContain("the highest of all classes");
    expect(stderr).toBe("");
  });

  it("without labels is explained by its highest entry, with a word on what that may be and how to choose", async () => {
    const { stderr, record } = await explainRow(detectorModel("anchors first"));
    const best = scores.indexOf(Math.max(...scores));
    expect(record.rows[0]!.target).toEqual({ index: [Math.floor(best / 7), best % 7] });
    expect(stderr).toMatch(/rows.*\[5, 7\].*coordinate of a box.*--target.*"0,\*" or "\*,0".*--labels/is);
    expect((await explainRow(detectorModel("anchors first"), "--target", "*,5")).record.rows[0]!.target).toEqual({ index: [anchor, 5] });
  });

  it("takes a sum of classes where the first of them is highest", async () => {
    const { gradient, record } = await explainRow(detectorModel("anchors first"), "--labels", "LABELS", "--target", "dog - 0.5 * cat");
    expect(record.rows[0]!.name).toBe("dog - 0.5 * cat");
    expect(gradient).toEqual(
      DETECTOR_WEIGHTS[7 * anchor + 5]!.map((value, i) => expect.closeTo(value - 0.5 * DETECTOR_WEIGHTS[7 * anchor + 4]![i]!, 4) as number),
    );
  });

  it("refuses a class where nothing says which axis has them, and says what to write", async () => {
    await expect(explainRow(detectorModel("anchors first"), "--target", "5")).rejects.toThrow(/--target "5,\*" or "\*,5"\. \[TARGET_INVALID\]/);
  });
});

it("a sum of classes is explained by the sum of their gradients", async () => {
  const { gradient, record, stdout } = await explainRow(tableModel(), "--target", "0 - 1");
  expect(gradient).toEqual(TABLE_WEIGHTS[0].map((weight, i) => weight - TABLE_WEIGHTS[1][i]!));
  expect(record.rows[0]!.target).toEqual({
    terms: [
      { index: 0, weight: 1 },
      { index: 1, weight: -1 },
    ],
  });
  expect(stdout).toContain("explained    entry 0 - 1, score");
});

describe("a model whose outputs have no gradient", () => {
  it("is explained at a value inside, which check names", async () => {
    const folder = await temporaryFolder();
    const path = await writeTestModel(folder, "decision.onnx", decisionModel());
    const check = await runCli(["check", path]);
    expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining("--output scores") as string });
    const { gradient, record } = await explainRow(decisionModel(), "--output", "scores", "--target", "1");
    expect(record.output).toBe("scores");
    expect(gradient).toEqual([...TABLE_WEIGHTS[1]]);
  });

  it("is refused without one, with the value to name", async () => {
    await expect(explainRow(decisionModel())).rejects.toThrow(/no float output.*--output scores\. \[OUTPUT_UNKNOWN\]/);
  });
});
