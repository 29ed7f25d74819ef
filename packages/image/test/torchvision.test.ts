import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decodeImage } from "../src/files/decode-image.ts";
import type { PixelInterpolation } from "../src/pixels/pixel-samples.ts";
import { preprocessImages } from "../src/preprocessing/preprocess-images.ts";
import { resizeImage } from "../src/pixels/resize-image.ts";
import type { PreprocessingOverrides } from "../src/preprocessing/resolve-preprocessing.ts";
import type { RgbImage } from "../src/pixels/rgb-image.ts";

/** A `Resize`, and the `CenterCrop` after it. */
interface Pipeline {
  /** The short side, or [height, width]. */
  readonly resize: number | readonly [number, number];
  readonly crop: number | null;
  readonly interpolation: PixelInterpolation;
}
/** A result that is too large to keep. */
interface Hashed {
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}
interface Cases {
  readonly kept: readonly (Pipeline & { readonly source: string; readonly file: string })[];
  readonly hashed: readonly (Pipeline & Hashed)[];
  readonly grey: readonly (Omit<Pipeline, "interpolation"> & Hashed)[];
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

const sha256Of = (data: RgbImage["data"]): string => createHash("sha256").update(data).digest("hex");

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
    expect(sha256Of(data)).toBe(sha256);
  });
});

describe("preprocessImages", () => {
  it.each(cases.grey)("makes grey of colours as Grayscale does: $width × $height", ({ width, height, sha256, ...pipeline }) => {
    const { tensor, pictures } = preprocessImages([formula(width, height)], { ...asPreprocessing({ ...pipeline, interpolation: "bilinear" }), preset: "grey" });
    const { data } = pictures[0]!;
    expect(sha256Of(data)).toBe(sha256);
    expect([...tensor.data].map((value) => Math.round(value * 255))).toEqual([...data].filter((_, at) => at % 3 === 0));
  });
});
