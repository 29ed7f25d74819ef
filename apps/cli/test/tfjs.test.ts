import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explanation.ts";
import { readNpy } from "../src/npy-file.ts";
import { TABLE_WEIGHTS } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

/** The model.json of one dense layer without bias: scores = W · x. */
async function writeDenseModel(folder: string): Promise<string> {
  const layer = { class_name: "Dense", config: { name: "dense", units: 2, activation: "linear", use_bias: false, batch_input_shape: [null, 4] } };
  const json = {
    format: "layers-model",
    modelTopology: { class_name: "Sequential", config: { name: "model", layers: [layer] }, keras_version: "2.2.4", backend: "tensorflow" },
    weightsManifest: [{ paths: ["weights.bin"], weights: [{ name: "dense/kernel", shape: [4, 2], dtype: "float32" }] }],
  };
  const kernel = Float32Array.from({ length: 8 }, (_, i) => TABLE_WEIGHTS[i % 2]![i >> 1]!);
  await writeFile(join(folder, "weights.bin"), new Uint8Array(kernel.buffer));
  await writeFile(join(folder, "model.json"), JSON.stringify(json));
  return join(folder, "model.json");
}

it("explains a TensorFlow.js model", async () => {
  const folder = await temporaryFolder();
  const model = await writeDenseModel(folder);
  await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
  const { code, stdout } = await runCli(["explain", model, join(folder, "row.json"), "-o", folder, "-t", "1", "--engine", "cpu", "--json"]);
  expect(code).toBe(0);
  const [record] = (JSON.parse(stdout) as { explanations: ExplanationRecord[] }).explanations;
  expect(record!.model).toMatchObject({ file: "model.json", backend: "tfjs", weightFiles: [{ file: "weights.bin" }] });
  expect(Array.from((await readNpy(join(folder, "row.vanilla.npy"))).numbers)).toEqual([...TABLE_WEIGHTS[1]]);
});

it("refuses an engine of another kind of model", async () => {
  const folder = await temporaryFolder();
  const { code, stderr } = await runCli(["explain", await writeDenseModel(folder), "row.json", "--engine", "onnxruntime-node"]);
  expect(code).toBe(1);
  expect(stderr).toContain("TensorFlow.js models run on wasm, cpu, tfjs-node, tfjs-node-gpu");
});
