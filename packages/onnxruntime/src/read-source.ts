import { XDeepError } from "@xdeep/core";
import { type ModelProto, loadModelFile, readModel, resolveExternalData } from "@xdeep/onnx";
import type { LoadModelOptions } from "./options.ts";

/** A path (in Node), a URL, or the bytes of the file. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer;

/**
 * Reads a model with its weights.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND, MODEL_INVALID, EXTERNAL_DATA_MISSING
 */
export async function readSource(source: ModelSource, { weightFiles }: Pick<LoadModelOptions, "weightFiles">): Promise<ModelProto> {
  if (source instanceof Uint8Array) return withWeights(readModel(source), weightFiles);
  if (source instanceof ArrayBuffer) return withWeights(readModel(new Uint8Array(source)), weightFiles);
  const url = webUrl(source);
  if (url !== null) return withWeights(readModel(await download(url)), weightFiles);
  if (typeof source !== "string" && !(source instanceof URL)) throw new TypeError("A model is loaded from a path, a URL or bytes.");
  return (await loadModelFile(typeof source === "string" && source.startsWith("file:") ? new URL(source) : source)).model;
}

function withWeights(model: ModelProto, files: LoadModelOptions["weightFiles"]): ModelProto {
  return files === undefined ? model : resolveExternalData(model, files);
}

/** The URL of a source that is fetched; null for paths and file URLs in Node. */
function webUrl(source: unknown): URL | null {
  if (source instanceof URL) return source.protocol === "file:" ? null : source;
  if (typeof source !== "string") return null;
  if (/^(https?|blob|data):/i.test(source)) return new URL(source);
  const page = (globalThis as { readonly location?: { readonly href: string } }).location;
  return page === undefined ? null : new URL(source, page.href);
}

async function download(url: URL): Promise<Uint8Array> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new XDeepError("MODEL_NOT_FOUND", `The model could not be fetched from ${url.href}.`, { details: { url: url.href }, cause });
  });
  if (!response.ok) {
    throw new XDeepError("MODEL_NOT_FOUND", `The model could not be fetched from ${url.href}: the server answered ${response.status} ${response.statusText}.`, { details: { url: url.href, status: response.status } });
  }
  return new Uint8Array(await response.arrayBuffer());
}
