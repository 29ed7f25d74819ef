import { encodeModel } from "./encode-model.ts";
import type { ModelProto } from "../gen/onnx_pb.ts";
import { type NodeFiles, nodeFiles } from "./node-files.ts";
import { weightBytes, writeModelWithExternalData } from "./write-model.ts";

/** Leaves room for the graph in a file that ends at 2 GiB. */
const LARGEST_WEIGHTS = 1.9e9;

export interface SaveModelFileOptions {
  /** Initializers of at least this many bytes go to a second file, `<path>.data`. Default: none, unless one file could not hold the model. */
  readonly externalThreshold?: number;
}

/** Writes a model to disk (Node only) and returns the paths written: the .onnx file, and the data file where there is one. */
export async function saveModelFile(path: string, model: ModelProto, options: SaveModelFileOptions = {}): Promise<readonly string[]> {
  const files = nodeFiles(path, "WRITE_FAILED");
  if (options.externalThreshold === undefined && weightBytes(model) <= LARGEST_WEIGHTS) {
    await writePieces(path, encodeModel(model), files);
    return [path];
  }
  const dataPath = `${path}.data`;
  const { externalThreshold = 1024 } = options;
  const { bytes, data } = writeModelWithExternalData(model, { location: files.path.basename(dataPath), externalThreshold });
  await writePieces(dataPath, data, files);
  await writePieces(path, [bytes], files);
  return [path, dataPath];
}

async function writePieces(path: string, pieces: readonly Uint8Array[], { fs }: NodeFiles): Promise<void> {
  const handle = await fs.open(path, "w");
  try {
    for (const piece of pieces) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
}
