import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeWholeFile } from "./write-whole-file.ts";

describe("writeWholeFile", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "xdeep write "));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("makes missing folders, and leaves nothing but the file", async () => {
    await writeWholeFile(join(folder, "a/b/c.txt"), "text");
    await writeWholeFile(pathToFileURL(join(folder, "a/b/d.bin")), Uint8Array.of(1, 2));
    expect(await readdir(join(folder, "a/b"))).toEqual(["c.txt", "d.bin"]);
    expect(await readFile(join(folder, "a/b/d.bin"))).toEqual(Buffer.of(1, 2));
  });

  it("never shows a part of a file", async () => {
    const file = join(folder, "seen.txt");
    const versions = ["a", "b"].map((letter) => letter.repeat(3_000_000));
    await writeWholeFile(file, versions[0]!);
    const writes = Array.from({ length: 10 }, (_, n) => writeWholeFile(file, versions[n % 2]!));
    const seen = new Set<string>();
    for (let n = 0; n < 30; n++) seen.add(await readFile(file, "utf8"));
    await Promise.all(writes);
    expect([...seen].every((text) => versions.includes(text))).toBe(true);
  });

  it("writes through a link, and keeps it", async () => {
    await writeFile(join(folder, "target.txt"), "old");
    await symlink("target.txt", join(folder, "link.txt"));
    await writeWholeFile(join(folder, "link.txt"), "new");
    expect(await readFile(join(folder, "target.txt"), "utf8")).toBe("new");
  });

  it.each(["folder", "file.txt/below.txt", `${"long".repeat(80)}.txt`])("refuses %s by its name, and leaves nothing behind", async (name) => {
    const place = await mkdtemp(join(folder, "refused-"));
    await mkdir(join(place, "folder"));
    await writeFile(join(place, "file.txt"), "kept");
    await expect(writeWholeFile(join(place, name), "text")).rejects.toMatchObject({
      code: "WRITE_FAILED",
      message: expect.stringContaining(join(place, name)),
      details: { path: join(place, name) },
    });
    expect(await readdir(place)).toEqual(["file.txt", "folder"]);
    expect(await readFile(join(place, "file.txt"), "utf8")).toBe("kept");
  });

  it.runIf(existsSync("/dev/full"))("says that the disk is full", async () => {
    await expect(writeWholeFile("/dev/full", "text")).rejects.toMatchObject({ code: "WRITE_FAILED", message: expect.stringContaining("the disk is full") });
    expect(existsSync("/dev/full")).toBe(true);
  });
});
