import type { FontSource } from "../text/font-file.ts";
import type { LabelFont, LabelFonts } from "../text/label-font.ts";
import type { ImageSize } from "../preprocessing/preprocessing.ts";
import type { RgbImage } from "../pixels/rgb-image.ts";
import { type WrappedText, wrapText } from "../text/wrap-text.ts";

/** Pictures in rows and columns with labels: methods side by side, inputs below each other. */
export interface ContactSheet {
  /** Above everything. */
  readonly title?: string;
  /** Under the title, in small print: what the captions and colours mean. */
  readonly note?: string;
  /** Headings, one for each column. */
  readonly columns: readonly string[];
  readonly rows: readonly ContactSheetRow[];
  /** Side of the square that each picture is fitted into, in pixels. Default 224. */
  readonly cellSize?: number;
  /** Fonts for letters that DejaVu Sans lacks, such as Chinese, Korean, Hindi and emoji. The first that has a letter draws it. */
  readonly font?: FontSource | readonly FontSource[];
}

export interface ContactSheetRow {
  /** To the left of the row. */
  readonly label?: string;
  /** One for each column; null leaves the place empty. */
  readonly cells: readonly (ContactSheetCell | null)[];
}

export interface ContactSheetCell {
  readonly image: RgbImage;
  /** Below the picture. */
  readonly caption?: string;
  /** 0…1: drawn as a bar between picture and caption, so that cells can be compared at a glance. */
  readonly bar?: number;
}

/** Where everything goes, in pixels; text, frames and bars are SVG already. */
export interface SheetLayout extends ImageSize {
  readonly pictures: readonly PlacedPicture[];
  readonly shapes: readonly Shape[];
}

/** Something drawn as SVG; it does not reach beyond `top` and `bottom`. */
export interface Shape {
  readonly svg: string;
  readonly top: number;
  readonly bottom: number;
}

export interface PlacedPicture extends ImageSize {
  readonly image: RgbImage;
  readonly left: number;
  readonly top: number;
}

const INK = "#1b1b1b";
const FAINT_INK = "#555555";
const WARNING_INK = "#a33b00";
const FRAME = "#c4c4c4";
const BAR_TRACK = "#e4e4e4";
const BAR = "#0b6bcb";
/** Distance of base lines in units of the text's size. */
const LEADING = 1.3;

/** Lengths in pixels for cells of 224; larger cells scale them up. */
const LENGTHS = { margin: 24, gap: 18, title: 26, note: 15, heading: 18, label: 17, caption: 15, labelWidth: 150, bar: 7, space: 7 };
type Lengths = Readonly<Record<keyof typeof LENGTHS, number>>;

/** Places the cells from top to bottom: title, note, headings, then each row with its captions. */
export function layOut(sheet: ContactSheet, fonts: LabelFonts): SheetLayout {
  const { columns, rows, cellSize = 224 } = sheet;
  const lengths = scaledLengths(cellSize);
  const { margin, gap } = lengths;
  const labelWidth = rows.some(({ label }) => label) ? lengths.labelWidth + gap : 0;
  const width = 2 * margin + labelWidth + columns.length * (cellSize + gap) - gap;
  const shapes: Shape[] = [];
  const pictures: PlacedPicture[] = [];
  const xOf = (column: number): number => margin + labelWidth + column * (cellSize + gap);

  let y = margin;
  if (sheet.title) y = place(shapes, block(sheet.title, fonts.bold, lengths.title, width - 2 * margin, 3), margin, y, "start") + lengths.space;
  if (sheet.note) y = place(shapes, block(sheet.note, fonts.regular, lengths.note, width - 2 * margin, 6), margin, y, "start", FAINT_INK);
  if (y > margin) y += gap;

  const headings = columns.map((heading) => block(heading, fonts.bold, lengths.heading, cellSize, 3));
  const headingHeight = Math.max(...headings.map(heightOf));
  headings.forEach((heading, column) => place(shapes, heading, xOf(column) + cellSize / 2, y + headingHeight - heightOf(heading), "middle"));
  y += headingHeight + lengths.space;

  for (const row of rows) {
    const label = block(row.label ?? "", fonts.bold, lengths.label, lengths.labelWidth, 8);
    place(shapes, label, margin, y + Math.max(0, (cellSize - heightOf(label)) / 2), "start");
    const under = row.cells.map((cell, column) => placeCell({ cell, left: xOf(column), top: y, cellSize, lengths, fonts }, shapes, pictures));
    y = Math.max(...under, y + cellSize) + rowGap(row, gap);
  }
  y -= gap;
  const warning = missingLetters(fonts);
  if (warning !== null) y = place(shapes, block(warning, fonts.regular, lengths.note, width - 2 * margin, 6), margin, y + gap, "start", WARNING_INK);
  const height = Math.ceil(y + margin);
  return { width, height, pictures, shapes };
}

interface CellPlace {
  readonly cell: ContactSheetCell | null;
  readonly left: number;
  readonly top: number;
  readonly cellSize: number;
  readonly lengths: Lengths;
  readonly fonts: LabelFonts;
}

/** Returns the y under the cell's caption. */
function placeCell({ cell, left, top, cellSize, lengths, fonts }: CellPlace, shapes: Shape[], pictures: PlacedPicture[]): number {
  if (cell === null) return top + cellSize;
  const picture = fitInto(cell.image, left, top, cellSize);
  pictures.push(picture);
  // Without a frame, a picture on white would have no edge.
  shapes.push(rectangle(picture.left - 0.5, picture.top - 0.5, picture.width + 1, picture.height + 1, `fill="none" stroke="${FRAME}"`));
  let y = top + cellSize + lengths.space;
  if (cell.bar !== undefined) {
    shapes.push(rectangle(left, y, cellSize, lengths.bar, `fill="${BAR_TRACK}"`));
    shapes.push(rectangle(left, y, cellSize * cell.bar, lengths.bar, `fill="${BAR}"`));
    y += lengths.bar + lengths.space / 2;
  }
  if (!cell.caption) return y;
  return place(shapes, block(cell.caption, fonts.regular, lengths.caption, cellSize, 3), left + cellSize / 2, y, "middle");
}

/** The largest size of the picture's proportions within the cell, in its middle. */
function fitInto(image: RgbImage, left: number, top: number, cellSize: number): PlacedPicture {
  const scale = cellSize / Math.max(image.width, image.height);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return { image, width, height, left: left + Math.floor((cellSize - width) / 2), top: Math.round(top) + Math.floor((cellSize - height) / 2) };
}

function scaledLengths(cellSize: number): Lengths {
  const factor = Math.max(1, cellSize / 224);
  return Object.fromEntries(Object.entries(LENGTHS).map(([name, length]) => [name, Math.round(length * factor)])) as Record<keyof Lengths, number>;
}

function rowGap({ cells }: ContactSheetRow, gap: number): number {
  return cells.some((cell) => cell?.caption) ? gap * 1.2 : gap;
}

interface TextBlock {
  readonly lines: readonly string[];
  readonly font: LabelFont;
  readonly size: number;
}

/** A text that does not fit is set in these shares of its size before anything of it is left out. */
const SMALLER = [0.9, 0.8, 0.7];

function block(text: string, font: LabelFont, size: number, maxWidth: number, maxLines: number): TextBlock {
  if (text.trim() === "") return { lines: [], font, size };
  const wrapped = (share: number): TextBlock & WrappedText => {
    const smaller = size * share;
    return { font, size: smaller, ...wrapText(text, { maxWidth, maxLines, widthOf: (line) => font.widthOf(line, smaller) }) };
  };
  let fitted = wrapped(1);
  for (const share of SMALLER) if (!fitted.isWhole) fitted = wrapped(share);
  return fitted;
}

function heightOf({ lines, size }: TextBlock): number {
  return lines.length * size * LEADING;
}

/** Draws the lines from `top` on; returns the y under them. */
function place(shapes: Shape[], text: TextBlock, x: number, top: number, anchor: "start" | "middle", ink: string = INK): number {
  const { lines, font, size } = text;
  lines.forEach((line, index) => {
    const left = anchor === "start" ? x : x - font.widthOf(line, size) / 2;
    const baseLine = top + index * size * LEADING + size;
    // Accents and the marks of some scripts reach far above and below.
    shapes.push({ svg: font.draw(line, { x: left, y: baseLine, size, ink }), top: baseLine - 2 * size, bottom: baseLine + size });
  });
  return top + heightOf(text);
}

/** What the sheet says of letters that it could not draw; null where there are none. */
function missingLetters({ missing }: LabelFonts): string | null {
  if (missing.size === 0) return null;
  const codes = (letters: ReadonlySet<string>): string => {
    const all = [...letters].map((letter) => `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`);
    return all.length > 3 ? `${all.slice(0, 3).join(", ")}, …` : all.join(", ");
  };
  const scripts = [...missing].map(([script, letters]) => `${script} (${codes(letters)})`);
  return `“�” stands for letters that no font of this sheet has: ${scripts.join("; ")}. Name a font file that has them: option "font".`;
}

function rectangle(x: number, y: number, width: number, height: number, style: string): Shape {
  return { svg: `<rect x="${x}" y="${y}" width="${width}" height="${height}" ${style}/>`, top: y - 1, bottom: y + height + 1 };
}
