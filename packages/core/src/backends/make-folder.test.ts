import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeFolder } from "./make-folder.ts";

describe("makeFolder", () => {
  let base: string;
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "xdeep-folder-"));
  });
  afterAll(() => rm(base, { recursive: true, force: true }));

  it("makes those above it, too, and takes one that is there; two at once are no trouble", async () => {
    const path = join(base, "a", "b", "c");
    await Promise.all([makeFolder(path), makeFolder(path)]);
    await makeFolder(path);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it("is content where another makes the one above meanwhile", async () => {
    const rounds = Array.from({ length: 100 }, (_, round) => join(base, `round-${round}`));
    for (const above of rounds) await Promise.all([makeFolder(join(above, "below")), makeFolder(above)]);
  });

  it("says what the file system says", async () => {
    await writeFile(join(base, "file"), "");
    await expect(makeFolder(join(base, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(join(base, "file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it.runIf(existsSync("/proc/self"))("ends where no folder can be made, though the system says that the one above is missing", async () => {
    await expect(makeFolder("/proc/xdeep/results")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
