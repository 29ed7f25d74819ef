import type { Font, Glyph } from "opentype.js";

/** Measures and draws text as SVG paths: labels look the same on machines without fonts. */
export interface LabelFont {
  /** Pixels that a line takes. */
  widthOf(text: string, size: number): number;
  /** The `d` of an SVG path; `x` is the left end, `y` the base line. */
  pathOf(text: string, x: number, y: number, size: number): string;
}

export interface LabelFonts {
  readonly regular: LabelFont;
  readonly bold: LabelFont;
}

/** DejaVu Sans, which has the Latin, Greek and Cyrillic letters and the mathematical signs. Scripts that run from right to left or join letters are not set properly. */
export async function loadLabelFonts(): Promise<LabelFonts> {
  const [regular, bold] = await Promise.all([loadFont(400), loadFont(700)]);
  return { regular, bold };
}

async function loadFont(weight: 400 | 700): Promise<LabelFont> {
  const [{ readFile }, { createRequire }, { default: opentype }] = await Promise.all([
    import("node:fs/promises"),
    import("node:module"),
    import("opentype.js"),
  ]);
  const path = createRequire(import.meta.url).resolve(`@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff`);
  const font = opentype.parse(Uint8Array.from(await readFile(path)).buffer);
  return {
    widthOf: (text, size) => setLine(font, text).width * (size / font.unitsPerEm),
    pathOf(text, x, y, size) {
      const scale = size / font.unitsPerEm;
      return setLine(font, text)
        .glyphs.map(({ glyph, at }) => glyph.getPath(x + at * scale, y, size).toPathData(2))
        .join("");
    },
  };
}

/** A line of glyphs in units of the font. */
interface SetLine {
  readonly glyphs: readonly { readonly glyph: Glyph; readonly at: number }[];
  readonly width: number;
}

/** From left to right, one glyph a character, with kerning. opentype.js's own shaping stops at rules of this font that it does not know. */
function setLine(font: Font, text: string): SetLine {
  let width = 0;
  let before: Glyph | undefined;
  const glyphs = [...text.normalize("NFC")].map((character) => {
    const glyph = drawableGlyph(font, character);
    if (before !== undefined) width += font.getKerningValue(before, glyph);
    const at = width;
    width += glyph.advanceWidth;
    before = glyph;
    return { glyph, at };
  });
  return { glyphs, width };
}

/** A character that the font lacks becomes "?", not an empty box. */
function drawableGlyph(font: Font, character: string): Glyph {
  const glyph = font.charToGlyph(character);
  return glyph.index > 0 ? glyph : font.charToGlyph("?");
}
