import { XDeepError } from "@xdeep/core";
import { PIXEL_INTERPOLATIONS } from "../pixels/pixel-samples.ts";
import { type ChannelOrder, type FrameSize, PRESETS, type Preprocessing, RESIZE_MODES, type PresetName } from "./preprocessing.ts";

/**
 * A preset by name; a preset with some values changed; or every value given.
 *
 * When `channels` changes between rgb and bgr and `mean` and `std` are not given, those of the preset change places with the channels.
 */
export type PreprocessingOptions = PresetName | PreprocessingOverrides;

export interface PreprocessingOverrides extends Partial<Omit<Preprocessing, "size" | "mean" | "std">> {
  /** Where values that are not given come from. Without it, all must be given. */
  readonly preset?: PresetName;
  /** A number is the side of a square; a side that is null follows the picture's proportions. */
  readonly size?: number | FrameSize;
  /** A number goes for every channel. */
  readonly mean?: number | readonly number[];
  /** A number goes for every channel. */
  readonly std?: number | readonly number[];
}

/**
 * Every value of a preprocessing, checked.
 *
 * @throws {XDeepError} OPTION_INVALID for an unknown preset or option, a missing value, or a value out of its range.
 */
export function resolvePreprocessing(options: PreprocessingOptions): Preprocessing {
  const given: PreprocessingOverrides = typeof options === "string" ? { preset: options } : options;
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`Preprocessing is the name of a preset or an object, got ${given === null ? "null" : typeof given}.`);
  }
  refuseUnknownNames(given);
  const preset = given.preset === undefined ? undefined : presetByName(given.preset);
  const channels = oneOf("channels", given.channels ?? preset?.channels, ["rgb", "bgr", "grey"]);
  const count = channels === "grey" ? 1 : 3;
  const mean = given.mean ?? presetValues("mean", preset, channels);
  const std = given.std ?? presetValues("std", preset, channels);
  return {
    size: checkedSize(given.size ?? preset?.size),
    resize: oneOf("resize", given.resize ?? preset?.resize, RESIZE_MODES),
    interpolation: oneOf("interpolation", given.interpolation ?? preset?.interpolation, PIXEL_INTERPOLATIONS),
    cropFraction: checkedNumber("cropFraction", given.cropFraction ?? preset?.cropFraction, "above 0, at most 1", (x) => x > 0 && x <= 1),
    background: checkedColor(given.background ?? preset?.background),
    channels,
    layout: oneOf("layout", given.layout ?? preset?.layout, ["NCHW", "NHWC"]),
    scale: checkedNumber("scale", given.scale ?? preset?.scale, "other than 0", (x) => x !== 0),
    mean: perChannel("mean", mean, count, "finite", () => true),
    std: perChannel("std", std, count, "above 0", (x) => x > 0),
  };
}

function refuseUnknownNames(given: PreprocessingOverrides): void {
  const known = ["preset", ...Object.keys(PRESETS.imagenet)];
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw invalid(`Preprocessing has no option ${quoted(unknown)}. It has ${quoted(known)}.`, { unknown, known });
  }
}

function presetByName(name: string): Preprocessing {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName];
  throw invalid(`No preset is called "${name}". There are ${quoted(Object.keys(PRESETS))}.`, { preset: name });
}

/** A preset's constants belong to colours, so they follow when the order of the channels is changed. */
function presetValues(name: "mean" | "std", preset: Preprocessing | undefined, channels: ChannelOrder): readonly number[] | undefined {
  if (preset === undefined || preset.channels === channels) return preset?.[name];
  const values = preset[name];
  if (values.every((value) => value === values[0])) return Array.from({ length: channels === "grey" ? 1 : 3 }, () => values[0]!);
  if (channels !== "grey") return values.toReversed();
  throw invalid(`The preset's "${name}" has a value for each colour; with channels "grey" give "${name}" as one number.`, { option: name });
}

function checkedSize(size: number | FrameSize | undefined): FrameSize {
  const { width, height } = typeof size === "number" ? { width: size, height: size } : (size ?? missing("size"));
  const isSide = (side: unknown): boolean => Number.isInteger(side) && (side as number) > 0 && (side as number) <= 16_384;
  const sides = [width, height].filter((side) => side !== null);
  if (sides.length > 0 && sides.every(isSide)) return { width, height };
  throw invalid(`Option "size" is a number of pixels or { width, height }, integers from 1 to 16384, one of which may be null; got ${JSON.stringify(size)}.`, {
    size,
  });
}

function checkedColor(color: Preprocessing["background"] | undefined): Preprocessing["background"] {
  const value = color ?? missing("background");
  if (Array.isArray(value) && value.length === 3 && value.every((level) => Number.isFinite(level) && level >= 0 && level <= 255)) return value;
  throw invalid(`Option "background" is [red, green, blue], each 0…255; got ${JSON.stringify(value)}.`, { background: value });
}

function perChannel(
  name: string,
  values: number | readonly number[] | undefined,
  count: number,
  range: string,
  isValid: (value: number) => boolean,
): readonly number[] {
  const list = typeof values === "number" ? Array.from({ length: count }, () => values) : (values ?? missing(name));
  if (!Array.isArray(list) || list.length !== count) {
    throw invalid(`Option "${name}" is a number, or one per channel (${count} here); got ${JSON.stringify(values)}.`, { [name]: values });
  }
  return list.map((value) => checkedNumber(name, value, range, isValid));
}

function checkedNumber(name: string, value: number | undefined, range: string, isValid: (value: number) => boolean): number {
  const number = value ?? missing(name);
  if (Number.isFinite(number) && isValid(number)) return number;
  throw invalid(`Option "${name}" is a finite number, ${range}; got ${String(number)}.`, { [name]: number });
}

function oneOf<T extends string>(name: string, value: T | undefined, allowed: readonly T[]): T {
  const word = value ?? missing(name);
  if (allowed.includes(word)) return word;
  throw invalid(`Option "${name}" is one of ${quoted(allowed)}; got ${JSON.stringify(word)}.`, { [name]: word, allowed });
}

function missing(name: string): never {
  throw invalid(`Preprocessing lacks "${name}". Give it, or name a preset to take it from: ${quoted(Object.keys(PRESETS))}.`, { missing: name });
}

function invalid(message: string, details: Readonly<Record<string, unknown>>): XDeepError {
  return new XDeepError("OPTION_INVALID", message, { details });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
