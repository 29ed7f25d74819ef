import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { ROWS, identified, listOf, readListedManifest, sha256 } from "./manifest.ts";
import { placeManifest } from "./place-manifest.ts";

it("a list that is longer than a piece is one file, with the hash of its text, and is read back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-list-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = Array.from({ length: 20_001 }, (_, n) => ({ file: `größe/${n}.jpg`, sha256: String(n).padStart(64, "0") }));
  const text = files.map((row) => `${JSON.stringify(row)}\n`).join("");
  const source = { kind: "files" as const, sha256: sha256(listOf(files)) };
  expect(source.sha256).toBe(sha256(text));
  const manifest = identified({ job: null, rows: files.length, shardSize: 64, shardFormat: "npy", source }, { base: folder, places: null });
  await placeManifest(folder, { manifest, files });
  expect(await readFile(join(folder, ROWS), "utf8")).toBe(text);
  expect((await readListedManifest(folder)).files).toEqual(files);
});
