import { XDeepError } from "@xdeep/core";
import { type ByteSource, bytesOf, fetchBytes, isByteSource, nodeModule, webAddress } from "@xdeep/core/backend";

/**
 * The file of a picture: a path (in Node), a `file:`, `http(s):`, `data:` or `blob:` URL, or its bytes as an array, Blob, File, Response or stream. In a
 * browser a string is a URL relative to the page.
 */
export type ImageSource = string | URL | ByteSource;

/** How messages name a source. */
export function describeSource(source: ImageSource): string {
  if (typeof source === "string" || source instanceof URL) {
    const text = String(source);
    return `"${text.length > 200 ? `${text.slice(0, 200)}…` : text}"`;
  }
  if ("name" in source && typeof source.name === "string") return `"${source.name}"`;
  if ("byteLength" in source) return `The picture (${source.byteLength} bytes)`;
  return "size" in source ? `The picture (${source.size} bytes)` : "The picture";
}

/**
 * The bytes of a picture's file.
 *
 * @throws {XDeepError} IMAGE_INVALID when the file or URL cannot be read, or is empty.
 */
export async function readImageSource(source: ImageSource, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const bytes = await readBytes(source, signal);
  if (bytes.length > 0) return bytes;
  throw new XDeepError("IMAGE_INVALID", `${describeSource(source)} is empty: 0 bytes. Pass a PNG, JPEG or WebP file.`);
}

async function readBytes(source: ImageSource, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (isByteSource(source)) return bytesOf(source, { code: "IMAGE_INVALID", what: "The picture", signal });
  if (typeof source !== "string" && !(source instanceof URL)) {
    const got = source === null ? "null" : typeof source;
    throw new TypeError(`A picture is a path, a URL, bytes, a Blob, a Response or a ReadableStream, got ${got}.`);
  }
  const url = webAddress(source);
  if (url !== null) return fetchBytes(url, { code: "IMAGE_INVALID", what: `The picture ${describeSource(source)}`, signal });
  return readFile(source instanceof URL || /^file:/i.test(source) ? new URL(source) : source, signal);
}

async function readFile(source: string | URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const fs = nodeModule("node:fs/promises") as typeof import("node:fs/promises") | null;
  const path = nodeModule("node:path") as typeof import("node:path") | null;
  if (fs === null || path === null) {
    throw new XDeepError("IMAGE_INVALID", `The picture ${describeSource(source)} is a file on disk, and there is none here: pass its bytes or its address.`);
  }
  try {
    return await fs.readFile(source, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const what = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder, not a file" : `cannot be read (${code || String(cause)})`;
    const where = typeof source === "string" && !path.isAbsolute(source) ? ` (from the folder ${process.cwd()})` : "";
    throw new XDeepError("IMAGE_INVALID", `The picture ${describeSource(source)} ${what}${where}. Check the path.`, {
      details: { source: String(source), code },
      cause,
    });
  }
}
