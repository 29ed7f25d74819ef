import { basename, dirname, extname, join } from "node:path";

import { beamModule, inferenceRequest, kserveService, rayModule, sparkModule, tritonConfig } from "@xdeep/export";
import { writeWholeFile } from "@xdeep/image";

import type { ExportFlags } from "../commands/export-flags.ts";

/** A file of weights that lies beside a model, and the pieces of what is in it. */
export interface WeightsFile {
  readonly path: string;
  readonly pieces: readonly Uint8Array[];
}

/** Writes what was asked for beside a file, and returns the paths. */
export async function writeSidecars(
  out: string,
  bytes: Uint8Array,
  weights: readonly WeightsFile[],
  { triton, kserve, spark, ray, beam }: ExportFlags,
): Promise<readonly string[]> {
  const stem = basename(out, extname(out));
  const name = stem.replaceAll(/[^A-Za-z0-9]+/g, "_");
  const beside = (file: string): string => join(dirname(out), file);
  const files: (readonly [path: string, content: string | Uint8Array | readonly Uint8Array[]])[] = [];
  if (triton !== undefined) {
    files.push([join(triton, name, "config.pbtxt"), tritonConfig(bytes, { name })]);
    // A model of several files is a folder of that name, with the model of that name in it.
    const place = weights.length === 0 ? join(triton, name, "1") : join(triton, name, "1", "model.onnx");
    files.push([join(place, "model.onnx"), bytes], ...weights.map(({ path, pieces }) => [join(place, basename(path)), pieces] as const));
  }
  if (kserve === true) {
    files.push([beside(`${stem}.kserve.yaml`), kserveService(bytes, { name: name.toLowerCase().replaceAll("_", "-") })]);
    files.push([beside(`${stem}.request.json`), `${JSON.stringify(inferenceRequest(bytes))}\n`]);
  }
  if (spark === true) files.push([beside(`${name}_spark.py`), sparkModule(bytes, basename(out))]);
  if (ray === true) files.push([beside(`${name}_ray.py`), rayModule(bytes, basename(out))]);
  if (beam === true) files.push([beside(`${name}_beam.py`), beamModule(bytes, basename(out))]);
  for (const [path, content] of files) await writeWholeFile(path, content);
  return files.map(([path]) => path);
}
