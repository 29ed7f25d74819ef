import { XDeepError } from "@xdeep/core";
import { resolveLocation } from "@xdeep/core/backend";
import { type ModelProto, externalDataFiles, loadModelFile, readModel, resolveExternalData } from "@xdeep/onnx";
import type { LoadModelOptions } from "./options.ts";

/** A path (in Node), a URL, the bytes of the file, or the model as @xdeep/onnx reads and builds it. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | ModelProto;

/**
 * Reads a model with its weights. Weights that lie in other files are read from beside a path, fetched from beside a web address unless they
 * are given, and must be given with bytes.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND, MODEL_INVALID, EXTERNAL_DATA_MISSING
 */
export async function readSource(source: ModelSource, options: Pick<LoadModelOptions, "followSymlinks" | "weightFiles">): Promise<ModelProto> {
  const { weightFiles, followSymlinks } = options;
  if (source instanceof Uint8Array) return resolveExternalData(readModel(source), weightFiles ?? {});
  if (source instanceof ArrayBuffer) return resolveExternalData(readModel(new Uint8Array(source)), weightFiles ?? {});
  if (typeof source === "object" && source !== null && "$typeName" in source) return resolveExternalData(source, weightFiles ?? {});
  const url = webUrl(source);
  if (url !== null) return readFromWeb(url, weightFiles);
  if (typeof source !== "string" && !(source instanceof URL)) throw new TypeError("A model is loaded from a path, a URL, bytes or a ModelProto.");
  return (await loadModelFile(typeof source === "string" && source.startsWith("file:") ? new URL(source) : source, { followSymlinks })).model;
}

async function readFromWeb(url: URL, given: LoadModelOptions["weightFiles"]): Promise<ModelProto> {
  const model = readModel(await download(url));
  const locations = given === undefined && /^https?:$/.test(url.protocol) ? externalDataFiles(model) : [];
  const files = await Promise.all(
    locations.map(async (location) => [location, await download(resolveLocation(location, url, "The weights"), "EXTERNAL_DATA_MISSING")] as const),
  );
  return resolveExternalData(model, given ?? Object.fromEntries(files));
}

/** The URL of a source that is fetched; null for paths and file URLs in Node. */
function webUrl(source: unknown): URL | null {
  if (source instanceof URL) return source.protocol === "file:" ? null : source;
  if (typeof source !== "string") return null;
  if (/^(https?|blob|data):/i.test(source)) return new URL(source);
  const page = (globalThis as { readonly location?: { readonly href: string } }).location;
  return page === undefined ? null : new URL(source, page.href);
}

async function download(url: URL, code: "MODEL_NOT_FOUND" | "EXTERNAL_DATA_MISSING" = "MODEL_NOT_FOUND"): Promise<Uint8Array> {
  const what = code === "MODEL_NOT_FOUND" ? "The model" : "The model's weights";
  const response = await fetch(url).catch((cause: unknown) => {
    throw new XDeepError(code, `${what} could not be fetched from ${url.href}.`, { details: { url: url.href }, cause });
  });
  if (!response.ok) {
    throw new XDeepError(code, `${what} could not be fetched from ${url.href}: the server answered ${response.status} ${response.statusText}.`, {
      details: { url: url.href, status: response.status },
    });
  }
  return new Uint8Array(await response.arrayBuffer());
}
