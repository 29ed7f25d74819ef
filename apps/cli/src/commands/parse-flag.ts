import { InvalidArgumentError } from "commander";

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

/** 0 < percentile ≤ 100. @throws {InvalidArgumentError} */
export function parsePercentile(text: string): number {
  const value = parsePositive(text);
  if (value > 100) throw new InvalidArgumentError("It is a number above 0, at most 100.");
  return value;
}

/** "224", or "320x240": width times height. @throws {InvalidArgumentError} */
export function parseSize(text: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  if (width === undefined || Number(width) === 0 || Number(height ?? width) === 0) {
    throw new InvalidArgumentError("It is the side of a square in pixels, such as 224, or WIDTHxHEIGHT.");
  }
  return { width: Number(width), height: Number(height ?? width) };
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
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
