import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { onTestFinished } from "vitest";

/** Writes a model as the converter does, its weights in two files, for as long as the test runs. The path of the model.json. */
export async function writeModel(artifacts: io.ModelArtifacts): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-tfjs-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const weights = new Uint8Array(artifacts.weightData as ArrayBuffer);
  const half = Math.floor(weights.length / 2);
  const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
  await writeFile(join(folder, paths[0]!), weights.slice(0, half));
  await writeFile(join(folder, paths[1]!), weights.slice(half));
  const { weightSpecs, ...rest } = artifacts;
  await writeFile(join(folder, "model.json"), JSON.stringify({ ...rest, weightData: undefined, weightsManifest: [{ paths, weights: weightSpecs }] }));
  return join(folder, "model.json");
}

/** What a LayersModel would save. */
export async function artifactsOf(network: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await network.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return { ...artifacts!, format: "layers-model" };
}
