import type { ValueInfo } from "@xdeep/core";

import { formatDims } from "./format-number.ts";
import type { LoadedModel } from "../models/load-any-model.ts";
import type { PicturePlan } from "../inputs/prepare-picture.ts";

/** The model, its inputs and outputs. */
export function describeModel({ model, file }: LoadedModel): string {
  return `${file.file} on ${model.engine}\n  inputs   ${model.inputs.map(describeValue).join("; ")}\n  outputs  ${model.outputs.map(describeValue).join("; ")}\n`;
}

/** A value with its type and dims. */
export function describeValue({ name, type, dims, layout }: ValueInfo): string {
  return `${name} ${type} ${formatDims(dims)}${layout === null ? "" : ` ${layout}`}`;
}

/** Says how pictures are fed. A wrong guess gives wrong explanations, so it is always said, and how to change it. */
export function presetHint({ preset, guessedBecause, preprocessing }: PicturePlan): string {
  const { size, channels, layout, scale, mean, std } = preprocessing;
  const short = (values: readonly number[]): string => (new Set(values).size === 1 ? String(values[0]) : `(${values.join(", ")})`);
  const scaled = scale === 1 ? "pixel" : `pixel * ${Number(scale.toPrecision(4))}`;
  const what = `${size.width} x ${size.height} ${channels} ${layout}, (${scaled} - ${short(mean)}) / ${short(std)}`;
  if (guessedBecause === null) return `  preset   ${preset}: ${what}\n`;
  return `  preset   ${preset}, guessed (${guessedBecause}): ${what}\n           If the model was trained on other values, name them: --preset imagenet, caffe, tf, unit, grey, or --scale --mean --std.\n`;
}
