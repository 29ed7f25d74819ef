import { stat } from "node:fs/promises";
import { join } from "node:path";

import { type Manifest, readManifest, shardCount, writtenShards } from "@xdeep/batch";

import { patiently } from "./patiently.ts";

/** A machine may be there before the one that lists the inputs. */
export async function waitForManifest(folder: string, signal: AbortSignal | undefined): Promise<Manifest> {
  await patiently(signal, () => exists(join(folder, "manifest.json")));
  const manifest = await readManifest(folder);
  // The list comes second.
  if (manifest.source.kind === "files") await patiently(signal, () => exists(join(folder, "rows.jsonl")));
  return manifest;
}

export async function isDone(folder: string, manifest: Manifest): Promise<boolean> {
  return (await writtenShards(folder)).length >= shardCount(manifest);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
