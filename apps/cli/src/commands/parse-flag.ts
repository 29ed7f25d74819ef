import { statSync } from "node:fs";
import { join } from "node:path";

import type { FrameSize, RgbColor } from "@xdeep/image";
import { InvalidArgumentError } from "commander";

import type { Tolerance } from "../explain/methods/settings.ts";

/** A finite number. @throws {InvalidArgumentError} */
export function parseNumber(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("It is a number.");
  return value;
}

/** @throws {InvalidArgumentError} */
export function parsePositive(text: string): number {
  const value = parseNumber(text);
  if (value <= 0) throw new InvalidArgumentError("It is a number above 0.");
  return value;
}

/** "0.01" is in units of the score, "1%" a share of its change. @throws {InvalidArgumentError} */
export function parseTolerance(text: string): Tolerance {
  const [, percent] = /^(.*\S)\s*%$/.exec(text) ?? [];
  return percent === undefined ? parsePositive(text) : { share: parsePositive(percent) / 100 };
}

/** @throws {InvalidArgumentError} */
export function parseNotNegative(text: string): number {
  const value = parseNumber(text);
  if (value < 0) throw new InvalidArgumentError("It is a number, 0 or above.");
  return value;
}

/** An integer of at least `least`. */
export function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = parseNumber(text);
    if (!Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`It is an integer, ${least} or above.`);
    return value;
  };
}

/** @throws {InvalidArgumentError} */
export function parsePort(text: string): number {
  const value = integerFrom(0)(text);
  if (value > 65_535) throw new InvalidArgumentError("It is an integer from 0 to 65535.");
  return value;
}

/** 0 < percentile ≤ 100. @throws {InvalidArgumentError} */
export function parsePercentile(text: string): number {
  const value = parsePositive(text);
  if (value > 100) throw new InvalidArgumentError("It is a number above 0, at most 100.");
  return value;
}

/** The name of a folder. One that ends as a file does, as in "-o cat.png", is taken for a slip. @throws {InvalidArgumentError} */
export function parseFolder(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It names nothing.");
  const [ending] = /\.(png|jpe?g|webp|gif|svg|pdf|html?|npy|npz|json|csv|onnx)$/i.exec(text) ?? [];
  if (ending !== undefined) {
    throw new InvalidArgumentError(
      `It is a folder, in which several files are written; ${ending} is the ending of one. Name it without: ${text.slice(0, -ending.length)}`,
    );
  }
  return text;
}

/** The name of one file. A folder of that name is noticed before any work is done. @throws {InvalidArgumentError} */
export function parseFile(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It names nothing.");
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new InvalidArgumentError(`It is one file, and there is a folder of that name: ${join(text, "report.html")} would lie in it.`);
  return text;
}

/** "224", or "320x240": width times height; in "x48" and "320x" the other side follows the picture. @throws {InvalidArgumentError} */
export function parseSize(text: string): FrameSize {
  const [, width, separator, height] = /^(\d*)(?:(x)(\d*))?$/.exec(text) ?? [];
  const sides = [width, separator === undefined ? width : height].map((side) => (side === undefined || side === "" ? null : Number(side)));
  if (sides.includes(0) || sides.every((side) => side === null)) {
    throw new InvalidArgumentError("It is the side of a square in pixels, such as 224, or WIDTHxHEIGHT; in x48 the width follows the picture.");
  }
  return { width: sides[0]!, height: sides[1]! };
}

/** One number, or several with commas between. @throws {InvalidArgumentError} */
export function parseNumbers(text: string): number | readonly number[] {
  const values = text.split(",").map(parseNumber);
  return values.length === 1 ? values[0]! : values;
}

/** Words with commas between, each of them known. */
export function wordsOf<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  return (text) =>
    splitList(text).map((word) => {
      if ((known as readonly string[]).includes(word)) return word as T;
      throw new InvalidArgumentError(`There is no "${word}". Allowed choices are ${known.join(", ")}.`);
    });
}

/** Words with commas between. @throws {InvalidArgumentError} when there is none */
export function splitList(text: string): readonly string[] {
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (words.length === 0) throw new InvalidArgumentError("It names nothing.");
  return words;
}

/** An option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** "name=file", several times. @throws {InvalidArgumentError} */
export function collectPairs(text: string, before: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const at = text.lastIndexOf("=");
  if (at <= 0 || at === text.length - 1) throw new InvalidArgumentError("It is the name of an input, =, and a file.");
  return added(before, text.slice(0, at), text.slice(at + 1));
}

/** "name=value", several times; a value that is JSON is taken as JSON, any other as text. @throws {InvalidArgumentError} */
export function collectOptions(text: string, before: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("It is the name of an option, =, and its value.");
  return added(before, text.slice(0, at), jsonOrText(text.slice(at + 1)));
}

/** "name=N,3,224,224", several times: numbers, names of open sizes, or "?". @throws {InvalidArgumentError} */
export function collectDims(
  text: string,
  before: Readonly<Record<string, readonly (number | string | null)[]>> | undefined,
): Readonly<Record<string, readonly (number | string | null)[]>> {
  const at = text.lastIndexOf("=");
  const dims = text
    .slice(at + 1)
    .split(",")
    .map((dim) => dim.trim());
  if (at <= 0 || !dims.every((dim) => /^(?:[1-9]\d*|[a-z_]\w*|\?)$/i.test(dim))) {
    throw new InvalidArgumentError("It is the name of an input, =, and its dims: numbers, names of open sizes, or ?, as in image=N,3,224,224.");
  }
  return added(
    before,
    text.slice(0, at),
    dims.map((dim) => (dim === "?" ? null : /^\d/.test(dim) ? Number(dim) : dim)),
  );
}

/** "nodes=100000", several times. @throws {InvalidArgumentError} */
export function collectLimits(text: string, before: Readonly<Record<string, number>> | undefined): Readonly<Record<string, number>> {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It is the name of a limit, =, and a number.");
  return added(before, name, parsePositive(value!));
}

/** "target=class" or "values=width,height", several times. @throws {InvalidArgumentError} */
export function collectColumns(
  text: string,
  before: Readonly<Record<string, string | readonly string[]>> | undefined,
): Readonly<Record<string, string | readonly string[]>> {
  const [, role, name] = /^(file|target|label|values)=(.+)$/.exec(text) ?? [];
  if (role === undefined)
    throw new InvalidArgumentError("It is file, target or label, =, and the name of a column; or values=, and names with commas between.");
  return added<string | readonly string[]>(before, role, role === "values" ? name!.split(",").map((each) => each.trim()) : name!);
}

function added<T>(before: Readonly<Record<string, T>> | undefined, name: string, value: T): Readonly<Record<string, T>> {
  if (before !== undefined && Object.hasOwn(before, name)) throw new InvalidArgumentError(`"${name}" is given twice.`);
  return { ...before, [name]: value };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const COLORS: Readonly<Record<string, RgbColor>> = { white: [255, 255, 255], grey: [128, 128, 128], gray: [128, 128, 128], black: [0, 0, 0] };

/** "#ff8000", "#f80", "255,128,0", or one of a few names. @throws {InvalidArgumentError} */
export function parseColor(text: string): RgbColor {
  const named = COLORS[text.toLowerCase()];
  if (named !== undefined) return named;
  const [, digits] = /^#((?:[\da-f]{3}){1,2})$/i.exec(text) ?? [];
  const size = (digits?.length ?? 0) / 3;
  const levels =
    digits === undefined
      ? text.split(",").map((level) => (/^\s*\d{1,3}\s*$/.test(level) ? Number(level) : NaN))
      : [0, 1, 2].map((n) => Number.parseInt(digits.slice(n * size, (n + 1) * size).repeat(3 - size), 16));
  const [red, green, blue] = levels;
  if (levels.length === 3 && levels.every((level) => level <= 255)) return [red!, green!, blue!];
  throw new InvalidArgumentError("It is #rrggbb, red,green,blue with numbers up to 255, white, grey or black.");
}

/** Parsers of options that may be given several times. */
export const COLLECTORS: ReadonlySet<unknown> = new Set<unknown>([collect, collectColumns, collectPairs, collectOptions, collectDims, collectLimits]);
