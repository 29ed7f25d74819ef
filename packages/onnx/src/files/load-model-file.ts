import type { FileHandle } from "node:fs/promises";
import { XDeepError } from "@xdeep/core";
import { leadsOut } from "@xdeep/core/backend";
import { byFile, checkRanges, externalReference, externalTensors, missingExternalFile, shortExternalFile, withExternalData } from "./external-data.ts";
import type { ModelProto, TensorProto } from "../gen/onnx_pb.ts";
import { type NodeFiles, nodeFiles } from "./node-files.ts";
import { readModel } from "./read-model.ts";

/** A model as it lies on disk. */
export interface ModelFile {
  readonly model: ModelProto;
  /** Absolute path of the .onnx file. */
  readonly path: string;
  /** What the .onnx file holds; the weights of `model` that lie in it are parts of this. */
  readonly bytes: Uint8Array;
  /** Absolute paths of the files beside it that its weights came from. */
  readonly externalFiles: readonly string[];
}

export interface LoadModelFileOptions {
  /**
   * Weights behind symbolic links that lead out of the model's folder are read too. Default false. Links to where the model file itself lies, as in
   * the cache of Hugging Face, are always followed.
   */
  readonly followSymlinks?: boolean | undefined;
}

/** A file of weights, by the absolute path, and by the path that the model gives. */
interface WeightSource {
  readonly file: string;
  readonly location: string;
  /** The model's file, and its folder. */
  readonly model: string;
  readonly folder: string;
  readonly files: NodeFiles;
}

/**
 * Reads an ONNX file and the weights that lie in files beside it (Node only). Each weight in another file is read once, into a buffer of its own.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND when there is no such file; MODEL_INVALID when it, or a file of weights, is damaged, or a path in it leaves
 * the model's folder; EXTERNAL_DATA_MISSING when a file of weights is not there.
 */
export async function loadModelFile(path: string | URL, options: LoadModelFileOptions = {}): Promise<ModelFile> {
  const files = nodeFiles(path, "MODEL_NOT_FOUND");
  const { dirname, resolve } = files.path;
  const file = resolve(path instanceof URL ? files.url.fileURLToPath(path) : path);
  const bytes = await readModelBytes(file, files);
  const model = readModel(bytes);
  const folder = dirname(file);
  const groups = byFile(externalTensors(model));
  const data = new Map<TensorProto, Uint8Array>();
  for (const [location, tensors] of groups) {
    const source = { file: resolve(folder, location), model: file, folder, location, files };
    if (options.followSymlinks !== true) await checkLinks(source, tensors[0] as TensorProto);
    await readTensors(source, tensors, data);
  }
  return { model: withExternalData(model, data), path: file, bytes, externalFiles: [...groups.keys()].map((location) => resolve(folder, location)) };
}

async function readModelBytes(file: string, files: NodeFiles): Promise<Uint8Array> {
  try {
    return await files.fs.readFile(file);
  } catch (cause) {
    throw await unreadable(file, cause, files);
  }
}

async function unreadable(file: string, cause: unknown, { fs, path }: NodeFiles): Promise<XDeepError> {
  const code = codeOf(cause);
  if (code === "ERR_FS_FILE_TOO_LARGE") {
    const message = `"${file}" is larger than 2 GiB, which an ONNX file cannot be. Export the model with external data.`;
    return new XDeepError("MODEL_INVALID", message, { details: { path: file }, cause });
  }
  const folder = code === "EISDIR" ? file : path.dirname(file);
  const models = await modelsIn(folder, fs);
  const hint =
    models === null
      ? `There is no folder "${folder}" either.`
      : models.length === 0
        ? "No model lies in that folder."
        : `In that folder lie: ${models.join(", ")}.`;
  const problem =
    code === "ENOENT" || code === "ENOTDIR"
      ? `There is no file "${file}".`
      : code === "EISDIR"
        ? `"${file}" is a folder; pass the path of the model file.`
        : `"${file}" cannot be read (${code ?? String(cause)}).`;
  return new XDeepError("MODEL_NOT_FOUND", `${problem} ${hint}`, { details: { path: file, models: models ?? [] }, cause });
}

/** ONNX files, and the model.json of TensorFlow.js, which other backends read. */
async function modelsIn(folder: string, fs: NodeFiles["fs"]): Promise<readonly string[] | null> {
  try {
    const names = (await fs.readdir(folder)).filter((name) => name.endsWith(".onnx") || name === "model.json").toSorted();
    return names.length > 8 ? [...names.slice(0, 8), "…"] : names;
  } catch {
    return null;
  }
}

/** @throws {XDeepError} MODEL_INVALID where the file lies neither in the model's folder nor beside what the model file is a link to */
async function checkLinks({ file, model, folder, location, files }: WeightSource, tensor: TensorProto): Promise<void> {
  const { realpath } = files.fs;
  const real = await realpath(file).catch(() => null);
  // A file that is not there is reported by whoever opens it.
  if (real === null || !leadsOut(real, [await realpath(folder), files.path.dirname(await realpath(model))])) return;
  throw new XDeepError(
    "MODEL_INVALID",
    `The weights "${tensor.name}" lie in "${location}", a symbolic link to "${real}", which leads out of the model's folder. If you trust the model, pass followSymlinks: true.`,
    { details: { tensor: tensor.name, location, path: real } },
  );
}

/** Tensors that are one and the same share their bytes. */
async function readTensors(source: WeightSource, tensors: readonly TensorProto[], data: Map<TensorProto, Uint8Array>): Promise<void> {
  const handle = await openData(source, tensors[0] as TensorProto);
  try {
    checkRanges(tensors, (await handle.stat()).size);
    const read = new Map<string, Uint8Array>();
    for (const tensor of tensors) {
      const { offset, length } = externalReference(tensor);
      const key = `${offset} ${length}`;
      const bytes = read.get(key) ?? (await readRange(handle, offset, length, tensor));
      read.set(key, bytes);
      data.set(tensor, bytes);
    }
  } finally {
    await handle.close();
  }
}

async function openData({ file, folder, location, files }: WeightSource, tensor: TensorProto): Promise<FileHandle> {
  const { open, stat } = files.fs;
  try {
    const found = await stat(file);
    // Opening a pipe waits for whoever writes into it.
    if (!found.isFile()) throw Object.assign(new Error("it is no file"), { code: found.isDirectory() ? "EISDIR" : "it is no file" });
    return await open(file, "r");
  } catch (cause) {
    throw missingExternalFile(tensor, location, `Put it into "${folder}", beside the model (${codeOf(cause) ?? String(cause)}).`, cause);
  }
}

/** One system call reads 2 GiB at most. */
const LARGEST_READ = 2 ** 30;

async function readRange(handle: FileHandle, offset: number, length: number, tensor: TensorProto): Promise<Uint8Array> {
  const bytes = allocate(length, tensor);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, LARGEST_READ), offset + done);
    if (bytesRead === 0) throw shortExternalFile(tensor, offset + done);
    done += bytesRead;
  }
  return bytes;
}

function allocate(length: number, tensor: TensorProto): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new XDeepError("MODEL_UNSUPPORTED", `The weights "${tensor.name}" take ${length} bytes, for which there is no memory.`, {
      details: { tensor: tensor.name, length },
      cause,
    });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
