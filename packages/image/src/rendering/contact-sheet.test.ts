import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { type ContactSheet, layOut } from "./contact-sheet-layout.ts";
import { renderContactSheet } from "./contact-sheet.ts";
import { loadLabelFonts } from "../text/label-font.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";

const filled = (width: number, height: number, color: readonly number[]): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, at) => color[at % 3]!),
});
const sheet: ContactSheet = {
  title: "What the network looked at",
  note: "Share of |attribution| on the animal",
  columns: ["input", "vanilla"],
  rows: [
    { label: "kitten", cells: [{ image: filled(64, 64, [200, 0, 0]) }, { image: filled(64, 64, [0, 0, 200]), caption: "62 %", bar: 0.5 }] },
    { label: "dog", cells: [null, { image: filled(7, 14, [0, 160, 0]), caption: "40 %" }] },
  ],
};
const colorAt = ({ data, width }: RgbImage, x: number, y: number): number[] =>
  [0, 1, 2].map((channel) => data[(Math.floor(y) * width + Math.floor(x)) * 3 + channel]!);
function darkPixels(picture: RgbImage): number {
  const pixels = Array.from({ length: picture.width * picture.height }, (_, pixel) => colorAt(picture, pixel % picture.width, pixel / picture.width));
  return pixels.filter((color) => Math.max(...color) < 90).length;
}

describe("renderContactSheet", () => {
  it("draws every picture where the layout says, in proportion", async () => {
    const { pictures, width, height } = layOut(sheet, await loadLabelFonts());
    const picture = await renderContactSheet(sheet);
    expect([picture.width, picture.height]).toEqual([width, height]);
    expect(pictures.map((placed) => [placed.width, placed.height])).toEqual([
      [224, 224],
      [224, 224],
      [112, 224],
    ]);
    for (const placed of pictures) {
      expect(colorAt(picture, placed.left + placed.width / 2, placed.top + placed.height / 2)).toEqual([...placed.image.data.subarray(0, 3)]);
      expect(colorAt(picture, placed.left, placed.top)).toEqual([...placed.image.data.subarray(0, 3)]);
    }
    expect(colorAt(picture, 1, 1)).toEqual([255, 255, 255]);
  });

  it("draws a bar of the asked length", async () => {
    const picture = await renderContactSheet(sheet);
    const blue = Array.from({ length: picture.width * picture.height }, (_, pixel) => pixel)
      .filter((pixel) => String(colorAt(picture, pixel % picture.width, pixel / picture.width)) === "11,107,203")
      .map((pixel) => pixel % picture.width);
    const length = Math.max(...blue) - Math.min(...blue) + 1;
    expect(length).toBe(112);
  });

  it("draws labels as outlines, without a font of the machine", async () => {
    const { shapes } = layOut(sheet, await loadLabelFonts());
    expect(shapes.map(({ svg }) => svg).join("")).not.toContain("<text");
    const bare = await renderContactSheet({
      columns: ["", ""],
      rows: sheet.rows.map(({ cells }) => ({ cells: cells.map((cell) => cell && { image: cell.image }) })),
    });
    expect(darkPixels(await renderContactSheet(sheet)) - darkPixels(bare)).toBeGreaterThan(1000);
  });

  it("draws nothing beyond the rows that a shape says it takes", async () => {
    const marks = "Ẫ́́ŷ̧ اللَّهُمَّ ﷺ (q) ∫";
    const { shapes, width, height } = layOut({ ...sheet, title: marks, columns: [marks, marks], note: marks }, await loadLabelFonts());
    for (const { svg, top, bottom } of shapes) {
      const document = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${svg}</svg>`;
      const { data } = await sharp(Buffer.from(document)).raw().toBuffer({ resolveWithObject: true });
      const rows = Array.from({ length: height }, (_, y) => y).filter((y) => data.subarray(y * width * 4, (y + 1) * width * 4).some((level) => level > 0));
      expect(Math.min(...rows)).toBeGreaterThanOrEqual(top);
      expect(Math.max(...rows)).toBeLessThanOrEqual(bottom);
    }
  });

  it("keeps the pixels of small pictures as squares", async () => {
    const two = { width: 2, height: 2, data: Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0) };
    const one: ContactSheet = { columns: ["x"], rows: [{ cells: [{ image: two }] }], cellSize: 64 };
    const { pictures } = layOut(one, await loadLabelFonts());
    const picture = await renderContactSheet(one);
    const { left, top } = pictures[0]!;
    expect([colorAt(picture, left + 31, top + 5), colorAt(picture, left + 32, top + 5)]).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ]);
  });

  it("takes text in any script, markup and empty labels", async () => {
    const text = "<b>&\"' ∇F(x) Σ|a| σ ≤ 0.15 Привет ελληνικά naïve fi ﬁ ﷽ שלום 你好 🙂 e\u0301 \u0000";
    const picture = await renderContactSheet({
      title: text,
      columns: [text],
      rows: [{ label: text, cells: [{ image: filled(9, 9, [1, 2, 3]), caption: text }] }],
    });
    expect(picture.data.length).toBe(picture.width * picture.height * 3);
  });

  it.each<[string, ContactSheet]>([
    ["no column", { columns: [], rows: [{ cells: [] }] }],
    ["no row", { columns: ["a"], rows: [] }],
    ["a row that is too short", { columns: ["a", "b"], rows: [{ cells: [null] }] }],
    ["a bar beyond 1", { columns: ["a"], rows: [{ cells: [{ image: filled(1, 1, [0]), bar: 1.2 }] }] }],
    ["a cell size of 0", { columns: ["a"], rows: [{ cells: [null] }], cellSize: 0 }],
    ["a sheet that is too large", { columns: Array.from({ length: 200 }, () => "a"), rows: [{ cells: Array.from({ length: 200 }, () => null) }] }],
  ])("refuses %s", async (_, bad) => {
    await expect(renderContactSheet(bad)).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});
