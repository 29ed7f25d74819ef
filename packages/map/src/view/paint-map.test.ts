import { describe, expect, it } from "vitest";
import { cssColor, paintMap } from "./paint-map.ts";
import { type GroupMember, joinGroup, leaveGroup, othersIn, sharedEnd } from "../element/map-groups.ts";

const pixel = (value: number, end: number, signed: boolean, clear: boolean): readonly number[] => [
  ...paintMap({ width: 1, height: 1, data: Float64Array.of(value) }, { end, signed, clear }),
];

describe("a painted map", () => {
  it("has zero in the middle of a signed scale and at the dark end of the other", () => {
    expect(pixel(0, 1, true, false)).toEqual([0xf7, 0xf7, 0xf7, 255]);
    expect(pixel(0, 1, false, false)).toEqual([0, 0, 4, 255]);
    expect(pixel(-1, 1, true, false)).toEqual([0x05, 0x30, 0x61, 255]);
    expect(pixel(5, 1, true, false)).toEqual([0x7f, 0x3b, 0x08, 255]);
  });

  it("lets what lies under it show where values are small", () => {
    expect(pixel(0, 1, false, true)[3]).toBe(0);
    expect(pixel(0.5, 1, true, true)[3]).toBe(128);
    expect(pixel(-2, 1, true, true)[3]).toBe(255);
  });

  it("shows nothing where the scale ends at 0", () => {
    expect(pixel(0, 0, true, true)[3]).toBe(0);
    expect(cssColor(0, 0)).toContain("0%");
  });

  it("paints values that are opposites in mirrored positions of the scale, equally strong", () => {
    for (const value of [0.1, 0.7, 1.3, 4, 9]) expect(pixel(value, 4, true, true)[3]).toBe(pixel(-value, 4, true, true)[3]);
  });
});

/** Relative luminance by WCAG 2. */
function luminance(color: readonly number[]): number {
  const [red, green, blue] = color.map((channel) => (channel <= 0.04045 * 255 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

describe("the colour of a word", () => {
  it.each([-1, 1])("leaves text readable at its strongest (%i): 4.5 to 1, on light pages and on dark ones", (value) => {
    const pages = [
      { page: [255, 255, 255], text: [0x1c, 0x1f, 0x24] },
      { page: [0x15, 0x17, 0x1a], text: [0xe6, 0xe8, 0xeb] },
    ];
    const colors = [...cssColor(value, 1).matchAll(/rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)/g)].map((found) => found.slice(1).map(Number));
    expect(colors.length).toBe(2);
    for (const [n, { page, text }] of pages.entries()) {
      const [red, green, blue, cover] = colors[n]!;
      const seen = [red!, green!, blue!].map((channel, at) => (channel * cover!) / 100 + page[at]! * (1 - cover! / 100));
      const [light, dark] = [luminance(seen), luminance(text)].toSorted((a, b) => b - a);
      expect((light! + 0.05) / (dark! + 0.05)).toBeGreaterThan(4.5);
    }
  });
});

const member = (ownEnd: number | null, places = 1): GroupMember => ({ ownEnd, places, pointAt: () => undefined, rescale: () => undefined });

describe("a group", () => {
  it("has one scale, that of its largest member, and forgets who leaves", () => {
    const [a, b, alone] = [member(1), member(3), member(null)];
    for (const one of [a, b, alone]) joinGroup("g", one);
    expect(sharedEnd("g", a, 1)).toBe(3);
    expect(othersIn("g", a)).toEqual([b, alone]);
    leaveGroup("g", b);
    expect(sharedEnd("g", a, 1)).toBe(1);
    expect(othersIn("other", a)).toEqual([]);
  });

  it("keeps coarse maps, whose values are larger, off the scale of fine ones", () => {
    const [fine, finer, coarse] = [member(0.1, 4096), member(0.2, 4096), member(14, 64)];
    for (const one of [fine, finer, coarse]) joinGroup("h", one);
    expect(sharedEnd("h", fine, 0.1)).toBe(0.2);
    expect(sharedEnd("h", coarse, 14)).toBe(14);
  });
});
