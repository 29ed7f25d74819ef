import type { FileHandle } from "node:fs/promises";
import { XDeepError } from "@xdeep/core";
import { externalReference, externalTensors, missingExternalFile, shortExternalFile, withExternalData } from "./external-data.ts";
import type { ModelProto, TensorProto } from "./gen/onnx_pb.ts";
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

/**
 * Reads an ONNX file and the weights that lie in files beside it (Node only). Each weight in another file is read once, into a buffer of its own.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND when there is no such file; MODEL_INVALID when it, or a file of weights, is damaged, or a path in it leaves
 * the model's folder; EXTERNAL_DATA_MISSING when a file of weights is not there.
 */
export async function loadModelFile(path: string | URL): Promise<ModelFile> {
  const [{ dirname, resolve }, { fileURLToPath }] = await Promise.all([import("node:path"), import("node:url")]);
  const file = resolve(path instanceof URL ? fileURLToPath(path) : path);
  const bytes = await readModelBytes(file);
  const model = readModel(bytes);
  const folder = dirname(file);
  const groups = groupByLocation(externalTensors(model));
  const data = new Map<TensorProto, Uint8Array>();
  for (const [location, tensors] of groups) {
    await readTensors(resolve(folder, location), folder, location, tensors, data);
  }
  return { model: withExternalData(model, data), path: file, bytes, externalFiles: [...groups.keys()].map((location) => resolve(folder, location)) };
}

async function readModelBytes(file: string): Promise<Uint8Array> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(file);
  } catch (cause) {
    throw await unreadable(file, cause);
  }
}

async function unreadable(file: string, cause: unknown): Promise<XDeepError> {
  const code = codeOf(cause);
  if (code === "ERR_FS_FILE_TOO_LARGE") {
    const message = `"${file}" is larger than 2 GiB, which an ONNX file cannot be. Export the model with external data.`;
    return new XDeepError("MODEL_INVALID", message, { details: { path: file }, cause });
  }
  const { dirname } = await import("node:path");
  const folder = code === "EISDIR" ? file : dirname(file);
  const models = await modelsIn(folder);
  const hint =
    models === null
      ? `There is no folder "${folder}" either.`
      : models.length === 0
        ? "No .onnx file lies in that folder."
        : `In that folder lie: ${models.join(", ")}.`;
  const problem =
    code === "ENOENT" || code === "ENOTDIR"
      ? `There is no file "${file}".`
      : code === "EISDIR"
        ? `"${file}" is a folder; pass the path of the .onnx file.`
        : `"${file}" cannot be read (${code ?? String(cause)}).`;
  return new XDeepError("MODEL_NOT_FOUND", `${problem} ${hint}`, { details: { path: file, models: models ?? [] }, cause });
}

async function modelsIn(folder: string): Promise<readonly string[] | null> {
  const { readdir } = await import("node:fs/promises");
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".onnx")).toSorted();
    return names.length > 8 ? [...names.slice(0, 8), "…"] : names;
  } catch {
    return null;
  }
}

function groupByLocation(tensors: readonly TensorProto[]): ReadonlyMap<string, readonly TensorProto[]> {
  const groups = new Map<string, TensorProto[]>();
  for (const tensor of tensors) {
    const { location } = externalReference(tensor);
    groups.set(location, [...(groups.get(location) ?? []), tensor]);
  }
  return groups;
}

async function readTensors(file: string, folder: string, location: string, tensors: readonly TensorProto[], data: Map<TensorProto, Uint8Array>): Promise<void> {
  const first = tensors[0] as TensorProto;
  const handle = await openData(file, folder, location, first);
  try {
    const { size } = await handle.stat();
    for (const tensor of tensors) {
      const { offset, length } = externalReference(tensor);
      if (offset + length > size) throw shortExternalFile(tensor, size);
      data.set(tensor, await readRange(handle, offset, length, tensor));
    }
  } finally {
    await handle.close();
  }
}

async function openData(file: string, folder: string, location: string, tensor: TensorProto): Promise<FileHandle> {
  const { open, stat } = await import("node:fs/promises");
  try {
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
    return await open(file, "r");
  } catch (cause) {
    throw missingExternalFile(tensor, location, `Put it into "${folder}", beside the model (${codeOf(cause) ?? String(cause)}).`, cause);
  }
}

/** One system call reads 2 GiB at most. */
const LARGEST_READ = 2 ** 30;

async function readRange(handle: FileHandle, offset: number, length: number, tensor: TensorProto): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, LARGEST_READ), offset + done);
    if (bytesRead === 0) throw shortExternalFile(tensor, offset + done);
    done += bytesRead;
  }
  return bytes;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
