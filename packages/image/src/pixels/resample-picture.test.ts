import { describe, expect, it } from "vitest";

import { resamplePicture } from "./resample-picture.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Pixels that no two places share. */
function noise(width: number, height: number): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, at) => (Math.imul(at + 1, 2_654_435_761) >>> 13) & 255) };
}

function cut({ width, data }: RgbImage, window: { left: number; top: number; width: number; height: number }): number[] {
  return Array.from({ length: window.height }, (_, y) => {
    const from = ((window.top + y) * width + window.left) * 3;
    return [...data.subarray(from, from + window.width * 3)];
  }).flat();
}

describe("resamplePicture", () => {
  // Both orders of the passes, enlarged and made smaller, and sides that stay as they are.
  it.each([
    [60, 40, 30, 31],
    [30, 90, 28, 40],
    [17, 13, 40, 33],
    [24, 50, 24, 21],
    [50, 24, 21, 24],
    [24, 24, 24, 24],
  ])("gives of %i × %i at %i × %i the part that is asked for as it is in the whole", (width, height, newWidth, newHeight) => {
    const image = noise(width, height);
    const window = { left: 5, top: 3, width: newWidth - 9, height: newHeight - 12 };
    for (const interpolation of ["nearest", "bilinear", "lanczos"] as const) {
      const size = { width: newWidth, height: newHeight };
      const part = resamplePicture(image, size, interpolation, window);
      expect([part.width, part.height]).toEqual([window.width, window.height]);
      expect([...part.data]).toEqual(cut(resamplePicture(image, size, interpolation), window));
    }
  });
});
