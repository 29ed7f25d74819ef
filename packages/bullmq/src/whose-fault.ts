import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";

import { XDeepError, isXDeepError } from "@xdeep/core";

/** What every row would meet, wherever it is explained. */
export function isOfAll(error: unknown): error is XDeepError {
  return isXDeepError(error) && !isOfThisMachine(error) && error.code !== "WRITE_FAILED" && error.code !== "ENGINE_FAILED";
}

const OF_THIS_MACHINE: ReadonlySet<string> = new Set([
  "CONTRACT_VERSION",
  "ENGINE_MISSING",
  "EXTERNAL_DATA_MISSING",
  "GPU_UNAVAILABLE",
  "INPUT_CHANGED",
  "INPUT_MISSING",
  "MODEL_NOT_FOUND",
]);
const MAY_NOT_WRITE: ReadonlySet<unknown> = new Set(["EACCES", "EPERM", "EROFS"]);

/** What others need not meet, who go on. */
export function isOfThisMachine(error: unknown): boolean {
  if (!isXDeepError(error)) return false;
  if (error.details["noMemoryForModel"] === true) return true;
  return OF_THIS_MACHINE.has(error.code) || (error.code === "WRITE_FAILED" && MAY_NOT_WRITE.has(error.details["code"]));
}

/** Found out before anything is explained. @throws {XDeepError} WRITE_FAILED */
export async function demandWritable(folder: string): Promise<void> {
  await access(join(folder, "shards"), constants.W_OK).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    const message = `"${folder}" cannot be written on this machine (${code}): make it writable for this user here, and start again. Others go on meanwhile.`;
    throw new XDeepError("WRITE_FAILED", message, { details: { path: folder, code }, cause });
  });
}
