import type { ModelProto } from "./gen/onnx_pb.ts";
import { weightBytes, writeModel, writeModelWithExternalData } from "./write-model.ts";

/** Leaves room for the graph in a file that ends at 2 GiB. */
const LARGEST_WEIGHTS = 1.9e9;

export interface SaveModelFileOptions {
  /** Initializers of at least this many bytes go to a second file, `<path>.data`. Default: none, unless one file could not hold the model. */
  readonly externalThreshold?: number;
}

/** Writes a model to disk (Node only) and returns the paths written: the .onnx file, and the data file where there is one. */
export async function saveModelFile(path: string, model: ModelProto, options: SaveModelFileOptions = {}): Promise<readonly string[]> {
  const [{ open, writeFile }, { basename }] = await Promise.all([import("node:fs/promises"), import("node:path")]);
  if (options.externalThreshold === undefined && weightBytes(model) <= LARGEST_WEIGHTS) {
    await writeFile(path, writeModel(model));
    return [path];
  }
  const dataPath = `${path}.data`;
  const { externalThreshold = 1024 } = options;
  const { bytes, data } = writeModelWithExternalData(model, { location: basename(dataPath), externalThreshold });
  const handle = await open(dataPath, "w");
  try {
    for (const piece of data) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
  await writeFile(path, bytes);
  return [path, dataPath];
}
