import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { PICTURE_WEIGHTS, pictureModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

const RED = { r: 255, g: 51, b: 0 };

interface Scene {
  readonly folder: string;
  readonly picture: string;
  /** Runs with a model of the folder; the record of its first explanation, and what is printed for people. */
  explain(model: string, ...flags: readonly string[]): Promise<{ readonly record: ExplanationRecord; readonly stdout: string; readonly stderr: string }>;
}

async function scene(files: Readonly<Record<string, object>>): Promise<Scene> {
  const folder = await temporaryFolder();
  for (const [name, json] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(json));
  await writeTestModel(folder, "net.onnx", pictureModel());
  const picture = await writeTestPicture(folder, "red.png", RED);
  return {
    folder,
    picture,
    explain: async (model, ...flags) => {
      const argv = ["explain", join(folder, model), picture, "-o", join(folder, "out"), ...flags];
      const { stdout, stderr } = await runCli(argv);
      const document = JSON.parse((await runCli([...argv, "--json"])).stdout) as { readonly explanations: readonly ExplanationRecord[] };
      return { record: document.explanations[0]!, stdout, stderr };
    },
  };
}

/** The logit of a class where each channel has this value everywhere, behind the network's ReLU. */
const logit = (target: number, pixels: readonly number[]): number =>
  PICTURE_WEIGHTS[target]!.reduce<number>((sum, weight, channel) => sum + weight * Math.max(0, pixels[channel]!), 0);

const TEACHABLE = { tfjsVersion: "1.3.1", tmVersion: "2.4.5", packageName: "@teachablemachine/image", labels: ["fox", "frog", "jay"], imageSize: 8 };
const HUGGING = {
  image_processor_type: "ViTImageProcessor",
  size: { height: 8, width: 8 },
  image_mean: [0.5, 0.25, 0.5],
  image_std: [0.5, 0.5, 0.25],
};

describe("files beside a model", () => {
  it("of Teachable Machine give labels and preprocessing, and that is said", async () => {
    const { explain } = await scene({ "metadata.json": TEACHABLE });
    const { record, stdout } = await explain("net.onnx", "--target", "frog");
    const pixels = [255, 51, 0].map((level) => level / 127 - 1);
    expect(record.rows[0]!.score).toBeCloseTo(logit(1, pixels), 4);
    expect(record.rows[0]!.name).toBe("frog");
    expect(record.input.picture).toMatchObject({ guessed: [], preset: expect.stringMatching(/metadata\.json$/) as string });
    expect(stdout).toMatch(/preset[^]*metadata\.json, beside the model[^]*labels[^]*metadata\.json, beside the model: 3 names|labels[^]*3 names[^]*preset/);
    expect(stdout).not.toContain("guessed");
  });

  it("of Hugging Face give them too, above a folder onnx as well", async () => {
    const { folder, explain } = await scene({ "preprocessor_config.json": HUGGING, "config.json": { id2label: { 0: "fox", 1: "frog", 2: "jay" } } });
    await mkdir(join(folder, "onnx"));
    await writeTestModel(join(folder, "onnx"), "model.onnx", pictureModel());
    const pixels = [(1 - 0.5) / 0.5, (0.2 - 0.25) / 0.5, (0 - 0.5) / 0.25];
    for (const model of ["net.onnx", join("onnx", "model.onnx")]) {
      const { record } = await explain(model, "--target", "fox");
      expect(record.rows[0]!.score).toBeCloseTo(logit(0, pixels), 4);
    }
  });

  it("stand behind what is asked for", async () => {
    const { folder, explain } = await scene({ "metadata.json": TEACHABLE });
    await writeFile(join(folder, "mine.txt"), "a\nb\nc\n");
    const { record } = await explain("net.onnx", "--preset", "unit", "--labels", join(folder, "mine.txt"), "--target", "b");
    expect(record.rows[0]).toMatchObject({ name: "b", score: expect.closeTo(logit(1, [1, 0.2, 0]), 4) as number });
  });

  it("that hold nothing but names of classes give labels", async () => {
    const { folder, explain } = await scene({ "labels.json": [7] });
    await writeFile(join(folder, "labels.txt"), "fox\nfrog\njay\n");
    const { record } = await explain("net.onnx", "--preset", "unit", "--target", "jay");
    expect(record.rows[0]!.name).toBe("jay");
  });

  it("that cannot be followed are named where the preset is guessed instead", async () => {
    const { explain } = await scene({ "preprocessor_config.json": { ...HUGGING, image_processor_type: "UnheardOfImageProcessor" } });
    const { stdout, stderr } = await explain("net.onnx");
    expect(stdout).toContain("guessed");
    expect(stderr).toMatch(/preprocessor_config\.json" is not followed: .*UnheardOf/);
  });

  it("that tell a model of sounds have pictures refused, and name its classes", async () => {
    const { folder, picture, explain } = await scene({
      "metadata.json": { tfjsSpeechCommandsVersion: "0.4.0", modelName: "TMv2", wordLabels: ["clap", "hum", "hiss"] },
    });
    const { stderr } = await runCli(["explain", join(folder, "net.onnx"), picture]);
    expect(stderr).toMatch(/takes spectrograms of sounds, and no pictures: ".*metadata\.json" says so[^]*\[INPUT_TYPE\]/);
    const { record } = await explain("net.onnx", "--preset", "unit", "--labels", join(folder, "metadata.json"), "--target", "hum");
    expect(record.rows[0]!.name).toBe("hum");
  });

  it("that are something else are left alone", async () => {
    const { explain } = await scene({ "metadata.json": { author: "somebody" }, "config.json": { layers: 3 } });
    const { stdout, stderr } = await explain("net.onnx");
    expect({ stderr, guessed: stdout.includes("guessed"), labels: stdout.includes("labels ") }).toEqual({ stderr: "", guessed: true, labels: false });
  });
});

describe("--preset and --labels take such files", () => {
  it("by their path", async () => {
    const { folder, explain } = await scene({ "theirs.json": HUGGING, "machine.json": TEACHABLE });
    const { record } = await explain("net.onnx", "--preset", join(folder, "theirs.json"), "--labels", join(folder, "machine.json"), "--target", "jay");
    expect(record.rows[0]!.score).toBeCloseTo(logit(2, [(1 - 0.5) / 0.5, (0.2 - 0.25) / 0.5, (0 - 0.5) / 0.25]), 4);
  });

  it("with constants that follow the channels", async () => {
    const { folder, explain } = await scene({ "theirs.json": HUGGING });
    const { record } = await explain("net.onnx", "--preset", join(folder, "theirs.json"), "--channels", "bgr");
    expect(record.input.picture!.preprocessing).toMatchObject({ channels: "bgr", mean: [0.5, 0.25, 0.5], std: [0.25, 0.5, 0.5] });
  });
});
