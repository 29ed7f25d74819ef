import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { sliceRows } from "@xdeep/core";
import { type ContactSheetCell, type ContactSheetRow, type RgbImage, renderContactSheet, resizeImage, writePng } from "@xdeep/image";

import { draw, enlargedPicture } from "./draw.ts";
import type { DrawingFlags } from "../commands/explain-flags.ts";
import type { Explanation } from "../explain/explanation.ts";
import { describeTarget } from "../print/describe-target.ts";
import { formatNumber, formatProbability } from "../print/text/format-number.ts";
import { unreadableFile } from "../inputs/file-error.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import { pictureOf } from "./picture-of.ts";

/** Rows of one sheet: what is kept until a sheet is written is bounded by them, and a picture of more is hard to look at. */
const MOST_ROWS = 32;
/** Side of the square that each picture is fitted into, in pixels. */
const CELL = 224;

export interface SheetOptions {
  readonly folder: string;
  /** Of the model, in the names of the files. */
  readonly name: string;
  readonly title: string;
  /** In small print. */
  readonly note?: string | undefined;
  /** Headings of the maps of each input. */
  readonly columns: readonly string[];
  readonly drawing: DrawingFlags;
}

/** Contact sheets of a model: inputs below each other, methods and targets side by side. */
export interface Sheets {
  /** Adds a row, with an empty place for what is null, and gives the paths of sheets that are full and written. */
  add(input: PreparedInput, explanations: readonly (Explanation | null)[]): Promise<readonly string[]>;
  /** Writes what is left. */
  finish(): Promise<readonly string[]>;
}

/** @throws {XDeepError} OPTION_INVALID for a font that cannot be read; WRITE_FAILED when a sheet is written */
export async function createSheets({ folder, name, title, note, columns, drawing }: SheetOptions): Promise<Sheets> {
  // Before anything is explained: a sheet is drawn when all of it is there.
  const fonts = await Promise.all((drawing.font ?? []).map(readFont));
  let rows: ContactSheetRow[] = [];
  let count = 0;
  const write = async (): Promise<readonly string[]> => {
    if (rows.length === 0) return [];
    count += 1;
    const path = join(folder, `sheet.${name}${count === 1 ? "" : `-${count}`}.png`);
    const sheet = await renderContactSheet({
      title,
      ...(note === undefined ? {} : { note }),
      columns: ["input", ...columns],
      rows,
      cellSize: CELL,
      font: fonts,
    });
    rows = [];
    await writePng(path, sheet);
    return [path];
  };
  return {
    async add(input, explanations) {
      rows.push(sheetRow(input, explanations, drawing));
      return rows.length < MOST_ROWS ? [] : write();
    },
    finish: write,
  };
}

async function readFont(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw unreadableFile("OPTION_INVALID", "font", path, cause);
  });
}

/** The input beside the overlay of every method, for the first sample of the file. */
function sheetRow(input: PreparedInput, explanations: readonly (Explanation | null)[], drawing: DrawingFlags): ContactSheetRow {
  const found = explanations.filter((explanation) => explanation !== null);
  const isCompared = new Set(found.map(({ record }) => record.asked)).size > 1;
  return {
    label: input.file.file,
    cells: [
      inputCell(input, found[0]!),
      ...explanations.map((explanation) => (explanation === null ? null : methodCell(explanation, input, drawing, isCompared))),
    ],
  };
}

function inputCell({ picture }: PreparedInput, { record }: Explanation): ContactSheetCell | null {
  if (picture === null) return null;
  const image = fitted(enlargedPicture(picture));
  const best = record.rows[0]!.top[0];
  if (best === undefined) return { image };
  const isProbability = record.entries === "probabilities";
  const caption = `${best.name ?? `entry ${describeTarget(best.target)}`} ${isProbability ? formatProbability(best.value) : formatNumber(best.value)}`;
  return { image, caption, ...(isProbability ? { bar: Math.min(1, best.value) } : {}) };
}

/** Where targets are compared, their scores stand beside each other. */
function methodCell({ record, values }: Explanation, input: PreparedInput, drawing: DrawingFlags, isCompared: boolean): ContactSheetCell | null {
  const [value, tensor] = Object.entries(values).find(([name]) => name === input.info.name) ?? Object.entries(values)[0] ?? [];
  const picture = value === undefined ? null : pictureOf(value, tensor!, record.layer, input);
  if (picture === null) return null;
  const [drawn] = draw(sliceRows(picture, 0, 1), input, { ...drawing, render: ["overlay"] });
  const { target, name, score } = record.rows[0]!;
  const scored = isCompared ? `, ${record.entries === "scores" ? "score" : record.score} ${formatNumber(score)}` : "";
  return drawn === undefined ? null : { image: fitted(drawn.image), caption: `why ${name ?? describeTarget(target)}${scored}` };
}

/** No larger than the sheet shows it, so that a row takes the same memory whatever the model's pictures are. */
function fitted(image: RgbImage): RgbImage {
  const scale = CELL / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const size = { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) };
  return resizeImage(image, { preset: "unit", resize: "stretch", interpolation: "lanczos", size });
}
