import { joinArrays } from "../tensors/join-arrays.ts";
import { XDeepError, type XDeepErrorCode } from "../errors/error.ts";

/** The bytes of a file in any form that a program has them in: an array, a Blob or File, the response of a `fetch`, or a stream. */
export type ByteSource = Uint8Array | ArrayBuffer | Blob | Response | ReadableStream<Uint8Array>;

/** How a source that cannot be read is reported. */
export interface ReadOptions {
  readonly code: XDeepErrorCode;
  /** Begins the message, as in "The model". */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/** Told by what they do, so that those of other windows count too. */
export function isByteSource(source: unknown): source is ByteSource {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return true;
  const { arrayBuffer, getReader } = (source ?? {}) as { readonly arrayBuffer?: unknown; readonly getReader?: unknown };
  return typeof arrayBuffer === "function" || typeof getReader === "function";
}

/**
 * All bytes of a source. A response and a stream are used up by it.
 *
 * @throws {XDeepError} the given code for a response that is no success, and for what breaks off or was read before
 */
export async function bytesOf(source: ByteSource, { code, what, signal }: ReadOptions): Promise<Uint8Array> {
  signal?.throwIfAborted();
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if ("ok" in source && !source.ok) {
    const { status, statusText, url } = source;
    const from = url === "" ? "" : ` from ${url}`;
    throw new XDeepError(code, `${what} could not be fetched${from}: the server answered ${status} ${statusText}`.trimEnd() + ".", {
      details: { url, status },
    });
  }
  try {
    return "getReader" in source ? await drained(source, signal) : new Uint8Array(await source.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    throw new XDeepError(code, `${what} could not be read: ${reasonOf(cause)}.`, { cause });
  }
}

/**
 * Fetches a file.
 *
 * @throws {XDeepError} the given code where it cannot be had
 */
export async function fetchBytes(url: string | URL, options: ReadOptions): Promise<Uint8Array> {
  const { code, what, signal } = options;
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new XDeepError(code, `${what} could not be fetched from ${String(url)}: ${reasonOf(cause)}.`, { details: { url: String(url) }, cause });
  }
  return bytesOf(response, options);
}

async function drained(stream: ReadableStream<Uint8Array>, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const reader = stream.getReader();
  const stop = (): void => void reader.cancel(signal!.reason).catch(() => undefined);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return joinArrays(Uint8Array, parts);
      if (!(value instanceof Uint8Array)) throw new TypeError(`the stream gave a ${typeof value}, not a Uint8Array`);
      parts.push(value);
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    reader.releaseLock();
  }
}

/** Node keeps the reason of a failed fetch in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replace(/\.$/, "");
}
