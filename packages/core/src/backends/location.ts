import { XDeepError } from "../errors/error.ts";

/**
 * The path by which a model names another of its files, with forward slashes: relative, and inside the model's folder. A file must not say what
 * else of a disk or of the network is read.
 *
 * @param location as the model holds it
 * @param what begins the message: `The weights "w"`
 * @throws {XDeepError} MODEL_INVALID for an absolute path, an address, a path that leaves the folder by `..` (written as `%2e%2e` too), and for
 * control characters or spaces around a path, which readers of addresses drop
 */
export function checkLocation(location: string, what: string): string {
  const path = normalizeLocation(location);
  const isPlain = path !== "" && path === path.trim() && !/[\p{Cc}\p{Cs}]/u.test(path);
  const isRelative = !/^([/~]|[a-z][a-z0-9+.-]*:)/i.test(path);
  if (isPlain && isRelative && !path.split("/").map(decoded).includes("..")) return path;
  throw new XDeepError(
    "MODEL_INVALID",
    `${what} lie in "${location}", which is not inside the model's folder. Models may only refer to files beside or below them.`,
    { details: { location } },
  );
}

/** The same path in one spelling: forward slashes, no `./` in front. */
export function normalizeLocation(location: string): string {
  return location.replaceAll("\\", "/").replace(/^(\.\/+)+/, "");
}

/**
 * The address of a file beside a model.
 *
 * @throws {XDeepError} as `checkLocation`
 */
export function resolveLocation(location: string, model: URL, what: string): URL {
  const path = checkLocation(location, what).split("/").map(encodeURIComponent).join("/");
  return new URL(path, model);
}

/**
 * The address of a file that is fetched; null for a path or a `file:` URL, which Node reads from disk. In a browser a path is relative to the page, or
 * to the script of the worker.
 */
export function webAddress(source: string | URL): URL | null {
  if (source instanceof URL) return source.protocol === "file:" ? null : source;
  if (/^(https?|blob|data):/i.test(source)) return new URL(source);
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  if (location === undefined || /^file:/i.test(source)) return null;
  // The script of a worker may itself be a blob, whose address begins with the page's origin.
  return new URL(source, location.href.replace(/^blob:/, ""));
}

/** True where a file, all symbolic links resolved, lies in none of these folders, resolved alike. */
export function leadsOut(file: string, folders: readonly string[]): boolean {
  const forward = (path: string): string => path.replaceAll("\\", "/");
  return !folders.some((folder) => forward(file).startsWith(`${forward(folder).replace(/\/$/, "")}/`));
}

/** A part of a path as a server may read it. */
function decoded(part: string): string {
  return part.replaceAll(/%2e/gi, ".");
}
