import { XDeepError } from "@xdeep/core";
import { type SheetLayout, layOut } from "./contact-sheet-layout.ts";
import { loadLabelFonts } from "./label-font.ts";
import { loadSharp } from "./load-sharp.ts";
import { type RgbImage, checkRgbImage } from "./rgb-image.ts";

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

/** Renderers of SVG stop here. */
const MAX_SIDE = 32_767;

/**
 * Composes one picture of many, on white. Small pictures are enlarged with their pixels kept as squares, large ones are averaged down.
 *
 * Labels are drawn from a font that comes with this package, so that they do not depend on the machine. Long ones are wrapped, then cut.
 *
 * @throws {XDeepError} OPTION_INVALID when the sheet is empty or too large, a row has more or fewer cells than there are columns,
 * `bar` is not 0…1 or `cellSize` is not an integer from 32 to 2048; IMAGE_INVALID for a picture that is not consistent.
 */
export async function renderContactSheet(sheet: ContactSheet): Promise<RgbImage> {
  checkSheet(sheet);
  const layout = layOut(sheet, await loadLabelFonts());
  if (Math.max(layout.width, layout.height) > MAX_SIDE) {
    throw new XDeepError(
      "OPTION_INVALID",
      `The sheet would have ${layout.width} × ${layout.height} pixels; at most ${MAX_SIDE} a side. Make cellSize smaller or split the rows.`,
    );
  }
  return compose(layout);
}

async function compose({ width, height, pictures, svg }: SheetLayout): Promise<RgbImage> {
  const sharp = await loadSharp();
  const layers = await Promise.all(
    pictures.map(async ({ image, left, top, ...size }) => {
      const raw = { width: image.width, height: image.height, channels: 3 } as const;
      const kernel = size.width >= 2 * image.width ? "nearest" : "lanczos3";
      const input = await sharp(image.data, { raw }).resize(size.width, size.height, { fit: "fill", kernel }).png().toBuffer();
      return { input, left, top };
    }),
  );
  const { data } = await sharp({ create: { width, height, channels: 3, background: "white" }, limitInputPixels: false })
    .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8Array(data) };
}

function checkSheet({ columns, rows, cellSize = 224 }: ContactSheet): void {
  if (columns.length === 0 || rows.length === 0) throw invalid("A contact sheet needs at least one column and one row.");
  if (!Number.isInteger(cellSize) || cellSize < 32 || cellSize > 2048) {
    throw invalid(`Option "cellSize" is an integer from 32 to 2048 pixels; got ${String(cellSize)}.`);
  }
  rows.forEach(({ cells }, row) => {
    if (cells.length !== columns.length) {
      throw invalid(`Row ${row} has ${cells.length} cells; the sheet has ${columns.length} columns. Put null where a cell stays empty.`);
    }
    cells.forEach((cell, column) => checkCell(cell, `row ${row}, column ${column}`));
  });
}

function checkCell(cell: ContactSheetCell | null, where: string): void {
  if (cell === null) return;
  checkRgbImage(cell.image);
  if (cell.bar !== undefined && !(cell.bar >= 0 && cell.bar <= 1)) throw invalid(`The bar of ${where} is 0…1; got ${cell.bar}.`);
}

function invalid(message: string): XDeepError {
  return new XDeepError("OPTION_INVALID", message);
}
