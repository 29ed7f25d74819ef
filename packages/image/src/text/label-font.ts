import type { Font, Face as HarfBuzzFace } from "harfbuzzjs";
import { type FontSource, invalidFont, readFontFile } from "./font-file.ts";
import { textRuns } from "./text-runs.ts";
import { scriptOf } from "./text-script.ts";

type HarfBuzz = typeof import("harfbuzzjs");

/** Measures and draws text as SVG outlines: labels look the same on machines without fonts. */
export interface LabelFont {
  /** Pixels that a line takes. */
  widthOf(text: string, size: number): number;
  /** SVG of a line; `x` is the left end, `y` the base line. */
  draw(text: string, place: { readonly x: number; readonly y: number; readonly size: number; readonly ink: string }): string;
}

export interface LabelFonts {
  readonly regular: LabelFont;
  readonly bold: LabelFont;
  /** Characters that were drawn and that no font has, by script. They are drawn as "�". */
  readonly missing: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * The fonts of labels: those that the user names, in their order, then DejaVu Sans, which has the Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian and
 * Georgian letters and the mathematical signs. HarfBuzz joins and places the letters of every script.
 *
 * @throws {XDeepError} OPTION_INVALID as `readFontFile`.
 */
export async function loadLabelFonts(sources: readonly FontSource[] = []): Promise<LabelFonts> {
  const harfbuzz = await import("harfbuzzjs");
  const missing = new Map<string, Set<string>>();
  const named = await Promise.all(sources.map(async (source) => ({ source, file: await readFontFile(source) })));
  const load = async (weight: Weight): Promise<LabelFont> => {
    const files = [...named, { source: "DejaVu Sans", file: await dejaVu(weight) }];
    return labelFont(
      harfbuzz,
      files.map(({ source, file }) => openedFace(harfbuzz, { source, file, weight })),
      missing,
    );
  };
  return { regular: await load(400), bold: await load(700), missing };
}

/** Ordinary or bold. */
type Weight = 400 | 700;

const dejaVuFiles = new Map<Weight, Promise<Uint8Array>>();

function dejaVu(weight: Weight): Promise<Uint8Array> {
  const known = dejaVuFiles.get(weight);
  if (known !== undefined) return known;
  const file = import("node:module").then(({ createRequire }) =>
    readFontFile(createRequire(import.meta.url).resolve(`@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff`)),
  );
  dejaVuFiles.set(weight, file);
  return file;
}

interface FaceFile {
  readonly source: FontSource;
  readonly file: Uint8Array;
  readonly weight: Weight;
}

/** Files are opened once, because HarfBuzz gives their memory back late, and many sheets may be drawn with the same ones. */
const openedFaces = new WeakMap<Uint8Array, Map<Weight, Face>>();

function openedFace(harfbuzz: HarfBuzz, font: FaceFile): Face {
  const byWeight = openedFaces.get(font.file) ?? new Map<Weight, Face>();
  openedFaces.set(font.file, byWeight);
  const face = byWeight.get(font.weight) ?? openFace(harfbuzz, font);
  byWeight.set(font.weight, face);
  return face;
}

interface Face {
  readonly font: Font;
  /** Units of the font in an em. */
  readonly unitsPerEm: number;
  /** Outlines are drawn thicker by this share of an em, where a bold label has a font of ordinary weight. */
  readonly stroke: number;
  /** False for fonts of symbols. */
  readonly hasLetters: boolean;
  has(grapheme: string): boolean;
}

function openFace({ Blob, Face, Font, Variation }: HarfBuzz, { source, file, weight }: FaceFile): Face {
  const face = new Face(new Blob(file));
  const characters = face.collectUnicodes();
  if (characters.length === 0) throw invalidFont(source, "has no characters");
  const font = new Font(face);
  const isVariable = "wght" in face.getAxisInfos();
  if (isVariable) font.setVariations([new Variation("wght", weight)]);
  const known = new Map<string, boolean>();
  const has = (character: string): boolean => {
    const glyph = font.nominalGlyph(character.codePointAt(0)!);
    return glyph !== undefined && (isDrawn(font, glyph) || /^\s/u.test(character));
  };
  return {
    font,
    unitsPerEm: face.upem,
    stroke: isVariable || weightOf(face) >= weight - 100 ? 0 : 0.03,
    // Fonts of emoji have some that count as letters, such as ℹ.
    hasLetters: characters.filter((code) => /^\p{L}/u.test(String.fromCodePoint(code))).length > 10,
    has(grapheme) {
      const answer = known.get(grapheme) ?? [...grapheme].every((character) => IGNORABLE.test(character) || has(character));
      known.set(grapheme, answer);
      return answer;
    },
  };
}

/** 400 is ordinary, 700 bold. */
function weightOf(face: HarfBuzzFace): number {
  const table = face.referenceTable("OS/2");
  return table === undefined || table.length < 6 ? 400 : table[4]! * 256 + table[5]!;
}

/** Joiners, selectors and the like ask for a form, and are not seen themselves. */
const IGNORABLE = /^\p{Default_Ignorable_Code_Point}/u;

/** False for glyphs that a font has in forms other than outlines and PNG pictures. */
function isDrawn(font: Font, glyph: number): boolean {
  return font.glyphToPath(glyph) !== "" || font.getGlyphColorPng(glyph) !== undefined;
}

const REPLACEMENT = "\u{fffd}";

function labelFont(harfbuzz: HarfBuzz, faces: readonly Face[], missing: Map<string, Set<string>>): LabelFont {
  const choose = (grapheme: string, before: Face | undefined): { readonly face: Face; readonly text: string } => {
    // Spaces, digits and signs stay with the word before them. In fonts of emoji they are no more than parts of keys.
    const isSign = scriptOf(grapheme) === null;
    const candidates = isSign ? [...(before === undefined ? [] : [before]), ...faces].filter(({ hasLetters }) => hasLetters) : faces;
    const face = candidates.find((candidate) => candidate.has(grapheme));
    if (face !== undefined) return { face, text: grapheme };
    const script = scriptOf(grapheme) ?? "signs";
    missing.set(script, (missing.get(script) ?? new Set()).add(grapheme));
    return { face: faces.at(-1)!, text: REPLACEMENT };
  };
  const setLine = (text: string): readonly PlacedGlyph[] => {
    const glyphs: PlacedGlyph[] = [];
    let at = 0;
    for (const { face, text: run, isRightToLeft } of textRuns(drawable(text), choose)) {
      const buffer = new harfbuzz.Buffer();
      buffer.addText(run);
      buffer.setDirection(isRightToLeft ? harfbuzz.Direction.RTL : harfbuzz.Direction.LTR);
      buffer.guessSegmentProperties();
      harfbuzz.shape(face.font, buffer);
      for (const { codepoint, xAdvance = 0, xOffset = 0, yOffset = 0 } of buffer.getGlyphInfosAndPositions()) {
        glyphs.push({ face, glyph: codepoint, x: at + xOffset / face.unitsPerEm, y: yOffset / face.unitsPerEm, end: at + xAdvance / face.unitsPerEm });
        at = glyphs.at(-1)!.end;
      }
    }
    return glyphs;
  };
  return {
    widthOf: (text, size) => (setLine(text).at(-1)?.end ?? 0) * size,
    draw(text, { x, y, size, ink }) {
      const glyphs = setLine(text).map((placed) => glyphSvg(placed, x + placed.x * size, y - placed.y * size, size));
      return `<g fill="${ink}" stroke="${ink}" stroke-width="0">${glyphs.join("")}</g>`;
    },
  };
}

/** A glyph on a line; lengths in units of the text's size. */
interface PlacedGlyph {
  readonly face: Face;
  readonly glyph: number;
  readonly x: number;
  /** Upwards from the base line. */
  readonly y: number;
  /** Where the next glyph begins. */
  readonly end: number;
}

function glyphSvg({ face, glyph }: PlacedGlyph, x: number, y: number, size: number): string {
  const { font, unitsPerEm, stroke } = face;
  const scale = size / unitsPerEm;
  const png = font.getGlyphColorPng(glyph);
  if (png !== undefined) {
    // As wide as the font says, and in the middle of the line.
    const { ascender, descender } = font.hExtents();
    const width = font.glyphHAdvance(glyph) * scale;
    const height = (width * bigEndian(png, 20)) / bigEndian(png, 16);
    const top = y - ((ascender + descender) / 2) * scale - height / 2;
    return `<image x="${x}" y="${top}" width="${width}" height="${height}" href="data:image/png;base64,${Buffer.from(png).toString("base64")}"/>`;
  }
  const path = font.glyphToPath(glyph);
  const width = stroke === 0 ? "" : ` stroke-width="${stroke * unitsPerEm}"`;
  return path === "" ? "" : `<path transform="translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale} ${-scale})"${width} d="${path}"/>`;
}

/** Of a PNG file, bytes 16 to 23 are width and height. */
function bigEndian(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

/** In composed form, as fonts have it, and without control characters. */
function drawable(text: string): string {
  return text.normalize("NFC").replaceAll(/\p{Cc}/gu, " ");
}
