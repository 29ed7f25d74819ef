import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import type { EvaluationDocument } from "../src/write/write-evaluation.ts";
import { TABLE_WEIGHTS, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

interface Weights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

async function writeLayersModel(parent: string, layers: readonly object[], weights: readonly Weights[]): Promise<string> {
  const json = {
    format: "layers-model",
    modelTopology: { class_name: "Sequential", config: { name: "model", layers }, keras_version: "2.2.4", backend: "tensorflow" },
    weightsManifest: [{ paths: ["weights.bin"], weights: weights.map(({ name, shape }) => ({ name, shape, dtype: "float32" })) }],
  };
  const folder = join(parent, "dense");
  await mkdir(folder);
  await writeFile(join(folder, "weights.bin"), Buffer.concat(weights.map(({ data }) => Buffer.from(data.buffer))));
  await writeFile(join(folder, "model.json"), JSON.stringify(json));
  return join(folder, "model.json");
}

/** One dense layer without bias: scores = W · x. */
function writeDenseModel(folder: string): Promise<string> {
  const layer = { class_name: "Dense", config: { name: "dense", units: 2, activation: "linear", use_bias: false, batch_input_shape: [null, 4] } };
  const kernel = Float32Array.from({ length: 8 }, (_, i) => TABLE_WEIGHTS[i % 2]![i >> 1]!);
  return writeLayersModel(folder, [layer], [{ name: "dense/kernel", shape: [4, 2], data: kernel }]);
}

it("explains a TensorFlow.js model", async () => {
  const folder = await temporaryFolder();
  const model = await writeDenseModel(folder);
  await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
  const { code, stdout } = await runCli(["explain", model, join(folder, "row.json"), "-o", folder, "-t", "1", "--engine", "cpu", "--json"]);
  expect(code).toBe(0);
  const [record] = (JSON.parse(stdout) as { explanations: ExplanationRecord[] }).explanations;
  expect(record!.model).toMatchObject({ file: "model.json", backend: "tfjs", weightFiles: [{ file: "weights.bin" }] });
  expect(Array.from((await readNpy(join(folder, "row.dense.vanilla.npy"))).numbers)).toEqual([...TABLE_WEIGHTS[1]]);
});

it("measures explanations of a TensorFlow.js model, by the model with permuted weights too", async () => {
  const folder = await temporaryFolder();
  const model = await writeDenseModel(folder);
  await writeFile(join(folder, "row.json"), "[[1, 2, 3, -4]]");
  const argv = ["evaluate", model, join(folder, "row.json"), "-t", "1", "--engine", "cpu", "--metric", "deletion,mprt", "-o", folder, "--json"];
  const { code, stdout } = await runCli(argv);
  expect(code).toBe(0);
  const { results } = (JSON.parse(stdout) as EvaluationDocument).evaluation;
  expect(results["deletion"]!["vanilla"]!.values).toEqual([4.25]);
  expect(results["mprt"]!["vanilla"]!.values[0]).toBeLessThan(1);
});

it("asks no TensorFlow.js model for threads where many inputs are explained", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "rows.csv"), "a,b\n1,2\n");
  const { stderr } = await runCli(["explain", await writeDenseModel(folder), join(folder, "rows.csv"), "--engine", "cpu", "-o", join(folder, "out")]);
  expect(stderr).toContain("takes [4] of each row");
});

it("refuses an engine of another kind of model", async () => {
  const folder = await temporaryFolder();
  const { code, stderr } = await runCli(["explain", await writeDenseModel(folder), "row.json", "--engine", "onnxruntime-node"]);
  expect(code).toBe(1);
  expect(stderr).toContain("TensorFlow.js models run on wasm, cpu, tfjs-node, tfjs-node-gpu");
});

it("feeds and draws pictures with channels last", async () => {
  const folder = await temporaryFolder();
  const model = await writeLayersModel(folder, [{ class_name: "GlobalAveragePooling2D", config: { name: "means", batch_input_shape: [null, 8, 8, 3] } }], []);
  const picture = await writeTestPicture(folder, "red.png", { r: 255, g: 51, b: 0 });
  const { code, stdout } = await runCli(["explain", model, picture, "-o", join(folder, "out"), "--engine", "cpu"]);
  expect(code).toBe(0);
  expect(stdout).toContain("entry 0, score 1");
  expect(stdout).toContain("red.dense.vanilla.{overlay.png,npy,json}");
  const { dims, numbers } = await readNpy(join(folder, "out", "red.dense.vanilla.npy"));
  expect(dims).toEqual([1, 8, 8, 3]);
  expect(Array.from(numbers).slice(0, 4)).toEqual([1 / 64, 0, 0, 1 / 64]);
});

describe("xdeep check", () => {
  it("tries a model, and says what can be explained", async () => {
    const model = await writeDenseModel(await temporaryFolder());
    const { code, stdout } = await runCli(["check", model, "--engine", "cpu"]);
    expect(code).toBe(0);
    expect(stdout).toContain("model.json: can be explained");
    expect(stdout).toMatch(/dense\w* +float32 +\[N, 2\] +yes: its entries are the scores/);
    const { stdout: json } = await runCli(["check", model, "--engine", "cpu", "--json"]);
    expect(JSON.parse(json)).toMatchObject({ explainable: true, backend: "tfjs", inputs: [{ dims: [null, 4] }], outputs: [{ explainable: true }] });
  });

  it("names the activation that outputs end in", async () => {
    const layer = { class_name: "Dense", config: { name: "dense", units: 2, activation: "softmax", use_bias: false, batch_input_shape: [null, 4] } };
    const model = await writeLayersModel(await temporaryFolder(), [layer], [{ name: "dense/kernel", shape: [4, 2], data: new Float32Array(8) }]);
    expect((await runCli(["check", model, "--engine", "cpu"])).stdout).toContain("yes: the logit before its softmax");
  });

  it("refuses a file that is no model", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "numbers.json"), "[1, 2]");
    expect(await runCli(["check", join(folder, "numbers.json"), "--engine", "cpu"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[MODEL_INVALID]") as string,
    });
  });
});
