import { type Tensor, type ValueInfo, XDeepError, sizeOf } from "@xdeep/core";
import { tensorFromNumbers } from "@xdeep/core/method";

import { parseJson } from "./parse-json.ts";

/**
 * Numbers as text: JSON, or CSV with commas, semicolons, tabs or spaces between and one sample per line; a heading of names is left out.
 *
 * @throws {XDeepError} INPUT_TYPE for what holds no numbers
 */
export function parseNumbers(text: string): readonly number[] {
  const numbers = text.trim().startsWith("[") ? (parseJson(text) as readonly unknown[]).flat(Infinity) : words(text).map(Number);
  const bad = numbers.findIndex((value) => typeof value !== "number" || !Number.isFinite(value));
  if (numbers.length > 0 && bad < 0) return numbers as readonly number[];
  throw new XDeepError(
    "INPUT_TYPE",
    `These are no numbers${bad < 0 ? "" : `: number ${bad + 1} is none`}. Write JSON such as [5.1, 3.5], or numbers with commas between.`,
  );
}

function words(text: string): readonly string[] {
  const lines = text
    .trim()
    .split("\n")
    .map((line) => line.split(/[\s,;]+/).filter((word) => word !== ""));
  const isHeading = lines.length > 1 && lines[0]!.every((word) => Number.isNaN(Number(word)));
  return lines.slice(isHeading ? 1 : 0).flat();
}

/**
 * The tensor of an input from its numbers. The batch, and one more size that is open, follow from how many there are.
 *
 * @throws {XDeepError} INPUT_SHAPE where they do not fit; INPUT_TYPE where the input's type cannot hold them
 */
export function tensorOf(numbers: readonly number[], { name, dims, type }: ValueInfo): Tensor {
  const inner = dims.slice(1);
  const known = inner.reduce<number>((size, dim) => size * (dim ?? 1), 1);
  const open = inner.filter((dim) => dim === null).length;
  const batch = dims[0] ?? (open === 0 ? numbers.length / known : 1);
  const left = numbers.length / (known * batch);
  const found = dims.length === 0 ? [] : [batch, ...inner.map((dim) => dim ?? (open === 1 ? left : 1))];
  if (!found.every(Number.isInteger) || sizeOf(found) !== numbers.length) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `Input "${name}" has dims [${dims.map((dim, n) => dim ?? (n === 0 ? "N" : "?")).join(", ")}], and these are ${numbers.length} numbers.`,
    );
  }
  return tensorFromNumbers(type, found, numbers, { subject: `Input "${name}"` });
}

/**
 * The inputs of a model from text: numbers for its first input, or a JSON object with numbers for each by name.
 *
 * @throws {XDeepError} INPUT_TYPE, INPUT_SHAPE as above; INPUT_MISSING for an input that has no numbers
 */
export function parseFeeds(text: string, inputs: readonly ValueInfo[]): Readonly<Record<string, Tensor>> {
  const given: Readonly<Record<string, unknown>> = text.trim().startsWith("{") ? (parseJson(text) as Record<string, unknown>) : { [inputs[0]!.name]: text };
  return Object.fromEntries(
    inputs.map((info) => {
      const numbers = given[info.name];
      if (numbers === undefined)
        throw new XDeepError("INPUT_MISSING", `Input "${info.name}" has no numbers. Write {${inputs.map(({ name }) => `"${name}": […]`).join(", ")}}.`);
      return [info.name, tensorOf(parseNumbers(typeof numbers === "string" ? numbers : JSON.stringify(numbers)), info)];
    }),
  );
}

/** The inputs of a model from a CSV, JSON or NumPy file. */
export async function readNumbersFile(file: File, inputs: readonly ValueInfo[]): Promise<Readonly<Record<string, Tensor>>> {
  if (!/\.npy$/i.test(file.name)) return parseFeeds(await file.text(), inputs);
  const { parse } = await import("npyjs");
  const { data } = parse(await file.arrayBuffer());
  return { [inputs[0]!.name]: tensorOf(Array.from(data as unknown as ArrayLike<number>, Number), inputs[0]!) };
}
