import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../src/files/decode-image.ts";

const folder = new URL("pillow/", import.meta.url);
const { files } = JSON.parse(await readFile(new URL("files.json", folder), "utf8")) as { readonly files: readonly { file: string; pixels: string }[] };
const read = (file: string): Promise<Uint8Array> => readFile(new URL(file, folder));

/** A JPEG without `count` of its bytes, from the middle of its compressed pixels. */
function without(file: Uint8Array, count: number): Uint8Array {
  const middle = Math.floor(file.length * 0.7);
  return Uint8Array.from([...file.subarray(0, middle), ...file.subarray(middle + count)]);
}

describe("decodeImage", () => {
  it.each(files)("reads the pixels that Pillow reads: $file", async ({ file, pixels }) => {
    const actual = await decodeImage(new URL(file, folder));
    const expected = await decodeImage(new URL(pixels, folder));
    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    const differences = [...actual.data].map((level, at) => Math.abs(level - expected.data[at]!));
    // They are the same in the builds of sharp for Linux; decoders of other builds may round otherwise.
    expect(Math.max(...differences)).toBeLessThanOrEqual(2);
    expect(differences.reduce((sum, difference) => sum + difference) / differences.length).toBeLessThan(0.1);
  });

  // JPEG has no checksum: what is found is what breaks its code.
  it.each(["restarts.jpg", "progressive.jpg"])("refuses %s with bytes missing in the middle", async (file) => {
    for (const count of [60, 100, 150]) {
      await expect(decodeImage(without(await read(file), count))).rejects.toMatchObject({ code: "IMAGE_INVALID" });
    }
  });

  it("tells healthy files from broken ones when many are decoded at once", async () => {
    const odd = ["bytes-between-segments.jpg", "unknown-adobe.jpg", "unknown-jfif.jpg", "odd-scan-parameters.jpg", "odd-tag.tiff"];
    const healthy = await Promise.all(odd.map(read));
    const broken = without(await read("restarts.jpg"), 60);
    const mixed = Array.from({ length: 40 }, (_, n) => (n % 3 === 0 ? broken : healthy[n % healthy.length]!));
    const outcomes = await Promise.allSettled(mixed.map((file) => decodeImage(file)));
    expect(outcomes.map(({ status }) => status)).toEqual(mixed.map((file) => (file === broken ? "rejected" : "fulfilled")));
  });
});
