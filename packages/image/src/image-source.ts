import { XDeepError } from "@xdeep/core";

/** The file of a picture: a path, a `file:`, `http(s):` or `data:` URL, or its bytes, also as a Blob or File. */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer | Blob;

/** How messages name a source. */
export function describeSource(source: ImageSource): string {
  if (source instanceof Blob) return `The picture (${source.size} bytes)`;
  if (typeof source !== "string" && !(source instanceof URL)) return `The picture (${source.byteLength} bytes)`;
  const text = String(source);
  return `"${text.length > 200 ? `${text.slice(0, 200)}…` : text}"`;
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
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw new TypeError(`A picture is a path, a URL, a Uint8Array, an ArrayBuffer or a Blob, got ${source === null ? "null" : typeof source}.`);
  }
  const url = asUrl(source);
  if (url === null || url.protocol === "file:") return readFile(source, url, signal);
  return download(source, url, signal);
}

/** Null for a path. A scheme has two letters at least: "C:\cat.jpg" is a path. */
function asUrl(source: string | URL): URL | null {
  if (source instanceof URL) return source;
  return /^(?:https?|file|data):/i.test(source) ? new URL(source) : null;
}

async function readFile(source: string | URL, url: URL | null, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const [fs, { isAbsolute }] = await Promise.all([import("node:fs/promises"), import("node:path")]);
  try {
    return await fs.readFile(url ?? source, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const what = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder, not a file" : `cannot be read (${code || String(cause)})`;
    const where = url === null && !isAbsolute(String(source)) ? ` (from the folder ${process.cwd()})` : "";
    throw new XDeepError("IMAGE_INVALID", `The picture ${describeSource(source)} ${what}${where}. Check the path.`, {
      details: { source: String(source), code },
      cause,
    });
  }
}

async function download(source: string | URL, url: URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const failed = (why: string, cause?: unknown): XDeepError =>
    new XDeepError("IMAGE_INVALID", `The picture ${describeSource(source)} could not be downloaded: ${why}. Check the URL.`, {
      details: { source: String(source) },
      cause,
    });
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
    throw failed(reason, cause);
  }
  throw failed(`the server answered ${response.status} ${response.statusText}`.trimEnd());
}
