import { resolve } from "node:path";

import { XDeepError } from "@xdeep/core";

import { hashFile } from "./create-manifest.ts";
import type { ListedManifest } from "./manifest.ts";

/** Listed files that are looked for, spread over all. */
const LOOKED_FOR = 16;

/**
 * Makes sure that the inputs are there at all: on a machine that has its disks elsewhere every row would be recorded as missing.
 *
 * @param base where relative paths begin
 * @throws {XDeepError} INPUT_MISSING, INPUT_CHANGED where no file that is looked for is as it was listed
 */
export async function demandInputs({ files }: Pick<ListedManifest, "files">, base: string): Promise<void> {
  const step = Math.max(1, Math.floor(files.length / LOOKED_FOR));
  const some = files.filter((_, n) => n % step === 0).slice(0, LOOKED_FOR);
  let found: string | null = null;
  for (const { file, sha256 } of some) {
    const hash = await hashFile(resolve(base, file)).catch(() => null);
    if (hash === sha256) return;
    if (hash !== null) found ??= file;
  }
  const [first] = some;
  if (first === undefined) return;
  const details = { base, path: found ?? first.file };
  if (found !== null) {
    const message = `The inputs in "${base}" are not those that were listed: "${found}" has changed. Bring them back, or start again in another folder.`;
    throw new XDeepError("INPUT_CHANGED", message, { details });
  }
  const message = `The inputs are not in "${base}": there is no "${first.file}", nor any other that was looked for. Name the folder where their paths begin on this machine as \`base\`.`;
  throw new XDeepError("INPUT_MISSING", message, { details });
}
