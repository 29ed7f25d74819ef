import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { loadLabelFonts } from "./label-font.ts";

const files = createRequire(import.meta.url)
  .resolve("@fontsource/noto-sans-devanagari/package.json")
  .replace("package.json", "files/");
const devanagari = `${files}noto-sans-devanagari-devanagari-400-normal.woff`;
const at = { x: 0, y: 0, size: 20, ink: "black" };

/** The outlines of a line, from left to right, without their places. */
const outlines = (svg: string): string[] => [...svg.matchAll(/ d="([^"]+)"/g)].map(([, path]) => path!);

describe("loadLabelFonts", () => {
  it("measures in proportion to the size", async () => {
    const { regular, bold } = await loadLabelFonts();
    expect(regular.widthOf("gradient", 40)).toBeCloseTo(2 * regular.widthOf("gradient", 20), 9);
    expect(bold.widthOf("gradient", 20)).toBeGreaterThan(regular.widthOf("gradient", 20));
    expect(regular.widthOf("", 20)).toBe(0);
  });

  it("sets Latin, Greek, Cyrillic, Arabic, Hebrew and mathematics without further fonts", async () => {
    const { regular, missing } = await loadLabelFonts();
    regular.draw("naïve ∇F(x) Σ|a| ≤ 0.15 ελληνικά Привет قطة שלום ქართული հայերեն", at);
    expect([...missing.keys()]).toEqual([]);
  });

  it("joins Arabic letters, and sets them from right to left", async () => {
    const { regular } = await loadLabelFonts();
    const [teh, tah, qaf] = outlines(regular.draw("قطة", at));
    const alone = ["ق", "ط", "ة"].map((letter) => outlines(regular.draw(letter, at))[0]!);
    expect(alone).not.toContain(qaf);
    expect(new Set([teh, tah, qaf]).size).toBe(3);
    // The first letter of the word is its rightmost, in the form that beginnings have.
    expect(outlines(regular.draw("قط", at)).at(-1)).toBe(qaf);
  });

  it("orders lines of two directions as Unicode says", async () => {
    const { regular } = await loadLabelFonts();
    const latin = outlines(regular.draw("abc", at));
    const hebrew = outlines(regular.draw("שלום", at));
    expect(outlines(regular.draw("abc שלום", at))).toEqual([...latin, ...hebrew]);
    expect(outlines(regular.draw("שלום abc", at))).toEqual([...latin, ...hebrew]);
    const [bracket] = outlines(regular.draw("(", at));
    expect(outlines(regular.draw("(שלום)", at))[0]).toBe(bracket);
  });

  it("sets what no font has as a replacement character, and tells its script", async () => {
    const { regular, missing } = await loadLabelFonts();
    const svg = regular.draw("고양이 你好 बिल्ली 🙂", at);
    expect(svg).toContain(outlines(regular.draw("\u{fffd}", at))[0]);
    expect([...missing.keys()]).toEqual(["Hangul", "Han", "Devanagari", "emoji"]);
    expect([...missing.get("Hangul")!]).toEqual(["고", "양", "이"]);
  });

  it("sets further scripts by fonts that are named, with their vowels in place", async () => {
    for (const source of [devanagari, new Uint8Array(await readFile(devanagari))]) {
      const { regular, missing } = await loadLabelFonts([source]);
      // The sign i is written after its consonant and drawn before it.
      const [consonant] = outlines(regular.draw("क", at));
      const syllable = outlines(regular.draw("कि", at));
      expect(syllable).toHaveLength(2);
      expect(syllable[1]).toBe(consonant);
      regular.draw("बिल्ली cat", at);
      expect([...missing.keys()]).toEqual([]);
    }
  });

  it("refuses files that are no fonts, by name", async () => {
    const woff2 = devanagari.replace(".woff", ".woff2");
    await expect(loadLabelFonts([woff2])).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining(woff2) });
    await expect(loadLabelFonts(["no-such-font.ttf"])).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("no-such-font.ttf") });
    for (const bytes of [Buffer.from("no font at all"), Uint8Array.of(), Uint8Array.of(0, 1, 0, 0), Buffer.from("wOFF")]) {
      await expect(loadLabelFonts([bytes])).rejects.toMatchObject({ code: "OPTION_INVALID" });
    }
  });
});
