import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../src/decode-image.ts";
import type { PixelInterpolation } from "../src/pixel-samples.ts";
import { resizeImage } from "../src/resize-image.ts";
import type { PreprocessingOverrides } from "../src/resolve-preprocessing.ts";
import type { RgbImage } from "../src/rgb-image.ts";

/** A `Resize`, and the `CenterCrop` after it. */
interface Pipeline {
  /** The short side, or [height, width]. */
  readonly resize: number | readonly [number, number];
  readonly crop: number | null;
  readonly interpolation: PixelInterpolation;
}
interface Cases {
  readonly kept: readonly (Pipeline & { readonly source: string; readonly file: string })[];
  readonly hashed: readonly (Pipeline & { readonly width: number; readonly height: number; readonly sha256: string })[];
}

const folder = new URL("torchvision/", import.meta.url);
const cases = JSON.parse(await readFile(new URL("cases.json", folder), "utf8")) as Cases;

function asPreprocessing({ resize, crop, interpolation }: Pipeline): PreprocessingOverrides {
  if (crop === null) {
    const [height, width] = resize as readonly [number, number];
    return { preset: "imagenet", interpolation, resize: "stretch", size: { width, height } };
  }
  return { preset: "imagenet", interpolation, size: crop, cropFraction: crop / (resize as number) };
}

/** The picture that the oracle's `formula` draws. */
function formula(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) {
    const channel = at % 3;
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / 3 / width);
    data[at] = (x * (channel + 1) + y * 2 + Math.floor((x * y) / 7) + ((x * x * 13 + y * 31) % 64)) % 256;
  }
  return { width, height, data };
}

describe("resizeImage", () => {
  it.each(cases.kept)("gives torchvision's pixels: $file", async ({ source, file, ...pipeline }) => {
    const expected = await decodeImage(new URL(file, folder));
    const actual = resizeImage(await decodeImage(new URL(source, folder)), asPreprocessing(pipeline));
    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    const differences = [...actual.data].map((level, at) => Math.abs(level - expected.data[at]!));
    expect(Math.max(...differences)).toBe(0);
  });

  it.each(cases.hashed)("gives torchvision's pixels: $width × $height, $resize, $crop, $interpolation", ({ width, height, sha256, ...pipeline }) => {
    const { data } = resizeImage(formula(width, height), asPreprocessing(pipeline));
    expect(createHash("sha256").update(data).digest("hex")).toBe(sha256);
  });
});
