import { join } from "node:path";

import { XDeepError } from "@xdeep/core";
import { makeFolder } from "@xdeep/core/backend";

import { compareFiles } from "./compare-files.ts";
import { isFileError, isThere, writeDurably, writeFailed, writeNew } from "../shards/durable-file.ts";
import { type ListedManifest, MANIFEST, type Manifest, ROWS, listOf, readListedManifest, readManifest } from "./manifest.ts";

/**
 * Makes a folder the place of a manifest's results. One that holds it already stays as it is, so that the work goes on where it stopped. Of two that come at once the first one has it.
 *
 * @throws {XDeepError} OPTION_INVALID where the folder holds another manifest; WRITE_FAILED
 */
export async function placeManifest(folder: string, listed: ListedManifest): Promise<void> {
  const { manifest, files } = listed;
  await makeFolder(join(folder, "shards")).catch((cause: unknown) => {
    throw writeFailed(folder, cause);
  });
  const head = `${JSON.stringify(manifest, null, 2)}\n`;
  const found = await manifestIn(folder);
  if (found === null && !(await writeNew(join(folder, MANIFEST), head))) return placeManifest(folder, listed);
  if (found !== null && found.id !== manifest.id) throw await anotherJob(folder, found, listed);
  // Who was stopped between the two finds the head alone.
  if (manifest.source.kind === "files" && (found === null || !(await isThere(join(folder, ROWS))))) await writeDurably(join(folder, ROWS), listOf(files));
  const hasMoved = found !== null && (found.base !== manifest.base || JSON.stringify(found.places) !== JSON.stringify(manifest.places));
  if (hasMoved) await writeDurably(join(folder, MANIFEST), head);
}

function manifestIn(folder: string): Promise<Manifest | null> {
  return readManifest(folder).catch((error: unknown) => {
    if (isFileError((error as Error).cause, "ENOENT")) return null;
    throw error;
  });
}

async function anotherJob(folder: string, found: Manifest, { manifest, files }: ListedManifest): Promise<XDeepError> {
  const names = differences(jobOf(found), jobOf(manifest));
  const before = names.includes("inputs") ? await readListedManifest(folder).catch(() => null) : null;
  const inputs = before === null ? "" : compareFiles(before.files, files);
  const told = names.map((name) => (name === "inputs" && inputs !== "" ? `inputs (${inputs})` : name)).join(", ");
  return new XDeepError(
    "OPTION_INVALID",
    `"${folder}" holds the results of another job, which differs in ${told}. Bring back what it was, name another folder, or remove this one.`,
    {
      details: { folder, expected: manifest.id, got: found.id, differences: names },
    },
  );
}

/** What makes a manifest what it is, as far as a user knows it. */
function jobOf({ job, rows, shardSize, shardFormat, source }: Manifest): Readonly<Record<string, unknown>> {
  return { rows, "shard size": shardSize, "shard format": shardFormat, inputs: JSON.stringify(source), ...(isRecord(job) ? job : { job }) };
}

/** Names of what two records do not share; those inside a record behind its own, as in "flags.steps". */
function differences(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) => {
    const [left, right] = [a[name], b[name]];
    if (JSON.stringify(left) === JSON.stringify(right)) return [];
    return isRecord(left) && isRecord(right) ? differences(left, right).map((inner) => `${name}.${inner}`) : [name];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
