import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** A file by its name and content. */
export interface HashedFile {
  readonly file: string;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
}

/** Reads a file for its SHA-256, however large. `name` is how it is to be called. */
export async function hashFile(path: string, name: string): Promise<HashedFile> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { file: name, sha256: hash.digest("hex") };
}

/** The same of a file that was read. */
export function hashBytes(bytes: Uint8Array, name: string): HashedFile {
  return { file: name, sha256: createHash("sha256").update(bytes).digest("hex") };
}
