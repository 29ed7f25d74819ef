import { XDeepError } from "@xdeep/core";
import { type ContactSheet, type ContactSheetCell, layOut } from "./contact-sheet-layout.ts";
import { loadLabelFonts } from "../text/label-font.ts";
import { compose } from "./compose.ts";
import { type RgbImage, checkRgbImage } from "../pixels/rgb-image.ts";

/** Renderers of SVG stop here. */
const MAX_SIDE = 32_767;

/**
 * Composes one picture of many, on white. Small pictures are enlarged with their pixels kept as squares, large ones are averaged down.
 *
 * Labels are drawn as outlines of fonts that come as files, so that they do not depend on the machine. They are wrapped between words; what does not fit is set
 * smaller, then shortened. Letters that no font has are drawn as "�", and the sheet says below which they are.
 *
 * @throws {XDeepError} OPTION_INVALID when the sheet is empty or too large, a row has more or fewer cells than there are columns,
 * `bar` is not 0…1, `cellSize` is not an integer from 32 to 2048 or a font cannot be read; IMAGE_INVALID for a picture that is not consistent.
 */
export async function renderContactSheet(sheet: ContactSheet): Promise<RgbImage> {
  checkSheet(sheet);
  const { font } = sheet;
  const layout = layOut(sheet, await loadLabelFonts(font === undefined ? [] : Array.isArray(font) ? font : [font]));
  if (Math.max(layout.width, layout.height) > MAX_SIDE) {
    throw new XDeepError(
      "OPTION_INVALID",
      `The sheet would have ${layout.width} × ${layout.height} pixels; at most ${MAX_SIDE} a side. Make cellSize smaller or split the rows.`,
    );
  }
  return compose(layout);
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
