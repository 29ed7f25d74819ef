import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeImage } from "./decode-image.ts";
import { encodePng, writePng } from "./write-png.ts";

const image = { width: 5, height: 3, data: Uint8Array.from({ length: 45 }, (_, at) => (at * 53) % 256) };

describe("encodePng", () => {
  it("loses nothing", async () => {
    expect(await decodeImage(await encodePng(image))).toEqual(image);
    expect(await decodeImage(await encodePng({ ...image, data: Uint8ClampedArray.from(image.data) }))).toEqual(image);
  });

  it("refuses a picture whose bytes do not fit", async () => {
    await expect(encodePng({ ...image, height: 4 })).rejects.toMatchObject({ code: "IMAGE_INVALID" });
  });
});

describe("writePng", () => {
  it("makes the folders on the way, and takes URLs", async () => {
    const folder = await mkdtemp(join(tmpdir(), "xdeep-png-"));
    try {
      const path = join(folder, "new folder", "a.png");
      await writePng(path, image);
      await writePng(pathToFileURL(join(folder, "b c.png")), image);
      expect(await readFile(join(folder, "b c.png"))).toEqual(await readFile(path));
      expect(await decodeImage(path)).toEqual(image);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
