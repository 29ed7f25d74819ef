import { type ByteSource, bytesOf, fetchBytes, isByteSource, resolveLocation, webAddress } from "@xdeep/core/backend";
import { type ModelProto, externalDataFiles, loadModelFile, readModel, resolveExternalData } from "@xdeep/onnx";
import type { LoadModelOptions } from "../options.ts";

/**
 * A path (in Node), a URL, the bytes of the file as an array, Blob, File, Response or stream, or the model as @xdeep/onnx reads and builds it. In a
 * browser a string is a URL relative to the page.
 */
export type ModelSource = string | URL | ByteSource | ModelProto;

/**
 * Reads a model with its weights. Weights that lie in other files are read from beside a path, fetched from beside a web address (that of a
 * response too) unless they are given, and must be given with bytes.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND, MODEL_INVALID, EXTERNAL_DATA_MISSING
 */
export async function readSource(source: ModelSource, options: Pick<LoadModelOptions, "followSymlinks" | "weightFiles">): Promise<ModelProto> {
  const { weightFiles, followSymlinks } = options;
  if (isByteSource(source)) {
    const from = "url" in source && source.url !== "" ? new URL(source.url) : null;
    return withWeights(readModel(await bytesOf(source, THE_MODEL)), from, weightFiles);
  }
  if (typeof source === "object" && source !== null && "$typeName" in source) return withWeights(source, null, weightFiles);
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw new TypeError("A model is loaded from a path, a URL, bytes, a Blob, a Response, a ReadableStream or a ModelProto.");
  }
  const url = webAddress(source);
  if (url !== null) return withWeights(readModel(await fetchBytes(url, THE_MODEL)), url, weightFiles);
  return (await loadModelFile(typeof source === "string" && source.startsWith("file:") ? new URL(source) : source, { followSymlinks })).model;
}

const THE_MODEL = { code: "MODEL_NOT_FOUND", what: "The model" } as const;
const THE_WEIGHTS = { code: "EXTERNAL_DATA_MISSING", what: "The model's weights" } as const;

/** `from` is where the model was fetched from. */
async function withWeights(model: ModelProto, from: URL | null, given: LoadModelOptions["weightFiles"]): Promise<ModelProto> {
  const entries = await Promise.all(Object.entries(given ?? {}).map(async ([name, source]) => [name, await bytesOf(source, THE_WEIGHTS)] as const));
  if (given !== undefined || from === null || !/^https?:$/.test(from.protocol)) return resolveExternalData(model, Object.fromEntries(entries));
  const fetched = externalDataFiles(model).map(async (location) => {
    const url = resolveLocation(location, from, "The weights");
    return [location, await fetchBytes(url, THE_WEIGHTS)] as const;
  });
  return resolveExternalData(model, Object.fromEntries(await Promise.all(fetched)));
}
