import { describe, expect, it } from "vitest";
import { tensorFromImage, tensorFromImages } from "./tensor-from-image.ts";

/** Two pixels: (255, 0, 51) and (0, 102, 204). */
const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 51, 0, 102, 204) };

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 5));
}

describe("tensorFromImage", () => {
  it("normalises as torchvision does", () => {
    const { dims, data, type } = tensorFromImage(image, "imagenet");
    expect([type, dims]).toEqual(["float32", [1, 3, 1, 2]]);
    // (1 − .485)/.229, (0 − .485)/.229; (0 − .456)/.224, (.4 − .456)/.224; (.2 − .406)/.225, (.8 − .406)/.225
    expectClose(data, [2.2489083, -2.1179039, -2.0357143, -0.25, -0.9155556, 1.7511111]);
  });

  it("swaps to BGR and takes the mean colour off for Caffe", () => {
    const { dims, data } = tensorFromImage(image, "caffe");
    expect(dims).toEqual([1, 3, 1, 2]);
    expectClose(data, [51 - 104, 204 - 104, 0 - 117, 102 - 117, 255 - 123, 0 - 123]);
  });

  it("goes from −1 to 1 with channels last for tf", () => {
    const { dims, data } = tensorFromImage(image, "tf");
    expect(dims).toEqual([1, 1, 2, 3]);
    expectClose(data, [1, -1, -0.6, -1, -0.2, 0.6]);
  });

  it("goes from 0 to 1 for unit, in either layout", () => {
    expectClose(tensorFromImage(image, "unit").data, [1, 0, 0, 0.4, 0.2, 0.8]);
    expectClose(tensorFromImage(image, { preset: "unit", layout: "NHWC" }).data, [1, 0, 0.2, 0, 0.4, 0.8]);
  });

  it("weighs colours by their brightness for grey", () => {
    const { dims, data } = tensorFromImage(image, "grey");
    expect(dims).toEqual([1, 1, 1, 2]);
    // In whole levels, as the picture of it shows.
    const levels = [0.299 + 0.114 * 0.2, 0.587 * 0.4 + 0.114 * 0.8].map((value) => Math.round(value * 255));
    expectClose(
      data,
      levels.map((level) => level / 255),
    );
  });

  it("inverts with a negative scale, for white strokes on black", () => {
    expectClose(tensorFromImage(image, { preset: "unit", scale: -1 / 255, mean: -1 }).data, [0, 1, 1, 0.6, 0.8, 0.2]);
  });
});

describe("tensorFromImages", () => {
  it.each(["NCHW", "NHWC"] as const)("puts each picture into its own row, %s", (layout) => {
    const other = { ...image, data: image.data.toReversed() };
    const batch = tensorFromImages([image, other], { preset: "imagenet", layout });
    expect(batch.dims[0]).toBe(2);
    expect([...batch.data]).toEqual([image, other].flatMap((one) => [...tensorFromImage(one, { preset: "imagenet", layout }).data]));
  });

  it("refuses none, and pictures of different sizes", () => {
    expect(() => tensorFromImages([], "unit")).toThrow(expect.objectContaining({ code: "BATCH_INVALID" }));
    const tall = { ...image, width: 1, height: 2 };
    expect(() => tensorFromImages([image, tall], "unit")).toThrow(
      expect.objectContaining({ code: "BATCH_INVALID", message: expect.stringContaining("picture 1 is 1 × 2") }),
    );
  });

  it("refuses a picture whose bytes do not fit", () => {
    expect(() => tensorFromImage({ ...image, width: 3 }, "unit")).toThrow(expect.objectContaining({ code: "IMAGE_INVALID" }));
  });
});
