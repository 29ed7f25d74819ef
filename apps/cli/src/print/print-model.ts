import { type Model, type ValueInfo, printable } from "@xdeep/core";
import type { GuessedValue, Preprocessing } from "@xdeep/image";

import type { HashedFile } from "../inputs/hashed-file.ts";
import type { NamedLabels } from "../inputs/labels.ts";
import type { PicturePlan } from "../inputs/prepare-picture.ts";
import type { TextPlan } from "../inputs/prepare-text.ts";
import { formatDims } from "./text/format-number.ts";
import { wrapLines } from "./text/wrap-lines.ts";

/** More outputs than this are counted; `xdeep check` lists them all. */
const MOST_VALUES = 8;

/** The model, its inputs and outputs. */
export function describeModel({ engine, inputs, outputs }: Model, { file }: HashedFile): string {
  return `${printable(file)} on ${printable(engine)}\n${listed("  inputs   ", inputs)}\n${listed("  outputs  ", outputs)}\n`;
}

/** One value under the other. */
function listed(head: string, values: readonly ValueInfo[]): string {
  const shown = values.slice(0, MOST_VALUES).map(describeValue);
  const left = values.length - shown.length;
  return head + [...shown, ...(left === 0 ? [] : [`and ${left} more`])].join(`\n${" ".repeat(head.length)}`);
}

function describeValue({ name, type, dims, layout }: ValueInfo): string {
  return `${printable(name)} ${type} ${formatDims(dims)}${layout === null ? "" : ` ${layout}`}`;
}

/** Labels that nobody asked for. */
export function labelsHint({ path, labels }: NamedLabels): string {
  return `${wrapLines(`${printable(path)}, beside the model: ${labels.length} names`, "  labels   ")}\n`;
}

/** Where texts are given. */
export function tokenizerHint({ path }: TextPlan): string {
  return `${wrapLines(printable(path), "  tokens   ")}\n`;
}

const GUESSED_WORDS: Readonly<Record<GuessedValue, string>> = {
  size: "size",
  channels: "channels",
  scale: "scale",
  mean: "mean",
  std: "std",
  cropFraction: "crop",
};

/** Says how pictures are fed. A wrong guess gives wrong explanations, so it is always said, and how to change it. */
export function presetHint({ preset, isCompanion, guess, preprocessing }: PicturePlan): string {
  const { size, resize, cropFraction, channels, layout, scale, mean, std } = preprocessing;
  const short = (values: readonly number[]): string => (new Set(values).size === 1 ? String(values[0]) : `(${values.join(", ")})`);
  const isAll = (values: readonly number[], number: number): boolean => values.every((value) => value === number);
  const scaled = scale === 1 ? "pixel" : `pixel * ${Number(scale.toPrecision(4))}`;
  const centred = isAll(mean, 0) ? scaled : `${scaled} - ${short(mean)}`;
  const numbers = isAll(std, 1) ? centred : `(${centred}) / ${short(std)}`;
  const fit = resize === "crop" ? (cropFraction === 1 ? "crop" : `crop ${Number(cropFraction.toPrecision(4))}`) : resize;
  const sides = resize === "none" ? "as it is" : frame(size, fit);
  const values = `${sides}, ${channels} ${layout}, ${numbers}`;
  if (guess === null)
    return `${wrapLines(`${preset === null ? "" : `${printable(preset)}${isCompanion ? ", beside the model" : ""}: `}${values}`, preset === null ? "  pixels   " : "  preset   ")}\n`;
  const what = `${preset}, guessed (${guess.because}): ${values}`;
  const named = guess.values.map((value) => GUESSED_WORDS[value]).join(", ");
  const flags = ["--scale --mean --std --channels", ...(guess.values.includes("size") ? ["--size"] : [])].join(" ");
  const hint = `If the model was trained on other values (${named}), name them: --preset imagenet, caffe, tf, unit, grey, or ${flags}.`;
  return `${wrapLines(what, "  preset   ")}\n${wrapLines(hint, "           ")}\n`;
}

function frame({ width, height }: Preprocessing["size"], fit: string): string {
  if (width === null) return `${height} high, width in proportion`;
  return height === null ? `${width} wide, height in proportion` : `${width} x ${height} ${fit}`;
}
