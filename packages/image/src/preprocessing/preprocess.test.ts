import { describe, expect, it } from "vitest";
import sharp from "sharp";
import { preprocess, preprocessBatch } from "./preprocess.ts";

const levels = Uint8Array.from({ length: 224 * 224 * 3 }, (_, at) => (at * 7919) % 256);
const square = await sharp(levels, { raw: { width: 224, height: 224, channels: 3 } })
  .png()
  .toBuffer();
const wide = await sharp(levels, { raw: { width: 448, height: 112, channels: 3 } })
  .png()
  .toBuffer();

describe("preprocess", () => {
  it("uses a picture as it is where that is asked for", async () => {
    const { tensor, picture, preprocessing } = await preprocess(square, { preset: "caffe", resize: "none" });
    expect([...picture.data].every((level, at) => level === levels[at])).toBe(true);
    expect(tensor.dims).toEqual([1, 3, 224, 224]);
    expect(tensor.data[0]).toBe(levels[2]! - 104);
    expect(preprocessing.channels).toBe("bgr");
  });

  it("returns the picture that the tensor was made of", async () => {
    const { tensor, picture } = await preprocess(wide, { preset: "unit", size: { width: 64, height: 32 }, layout: "NHWC" });
    expect([picture.width, picture.height, tensor.dims]).toEqual([64, 32, [1, 32, 64, 3]]);
    expect([...tensor.data].map((value) => Math.round(value * 255))).toEqual([...picture.data]);
  });

  it("takes a decoded picture, and shows the background under transparent pixels", async () => {
    const decoded = await preprocess({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }, { preset: "unit", resize: "none" });
    expect([...decoded.tensor.data]).toEqual([1, 0, 0]);
    const clear = await sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } } })
      .png()
      .toBuffer();
    expect((await preprocess(clear, { preset: "grey", background: [0, 0, 0] })).tensor.data.every((value) => value === 0)).toBe(true);
  });

  it("makes one batch of several pictures", async () => {
    const { tensor, pictures } = await preprocessBatch([square, wide], "imagenet");
    expect(tensor.dims).toEqual([2, 3, 224, 224]);
    expect(pictures).toHaveLength(2);
    const alone = await preprocess(wide, "imagenet");
    expect(tensor.data.subarray(3 * 224 * 224)).toEqual(alone.tensor.data);
  });

  it("refuses a batch of different sizes, and none", async () => {
    await expect(preprocessBatch([square, wide], { preset: "unit", resize: "none" })).rejects.toMatchObject({ code: "BATCH_INVALID" });
    await expect(preprocessBatch([], "unit")).rejects.toMatchObject({ code: "BATCH_INVALID" });
  });

  it("refuses bad options before it reads anything", async () => {
    await expect(preprocess("no-such-file.png", { preset: "unit", size: -1 })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});
