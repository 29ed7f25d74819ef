import { type ValueInfo, XDeepError } from "@xdeep/core";
import type { FrameSize, Preprocessing, PresetName } from "./preprocessing.ts";
import type { PreprocessingOverrides } from "./resolve-preprocessing.ts";

/** What a model's input says of the pictures that it takes. */
export interface PictureInput {
  readonly layout: "NCHW" | "NHWC";
  readonly channels: number | null;
  /** A side that the file leaves open is null, and so is the whole where it fixes neither. */
  readonly size: FrameSize | null;
}

/** A preset chosen for want of better knowledge: the file of a model does not say how its pictures were scaled. */
export interface GuessedPreset {
  readonly preset: PresetName;
  readonly because: string;
}

/**
 * Axes of an input that takes pictures.
 *
 * @throws {XDeepError} INPUT_SHAPE when it takes none
 */
export function pictureInput(info: ValueInfo, layoutAsked?: "NCHW" | "NHWC"): PictureInput {
  const layout = layoutAsked ?? info.layout;
  if (info.dims.length !== 4 || layout === null) {
    throw new XDeepError(
      "INPUT_SHAPE",
      `Input "${info.name}" has dims [${info.dims.map((dim, axis) => dim ?? (axis === 0 ? "N" : "?")).join(", ")}], which are not those of pictures. Pass a .npy or .json file${info.dims.length === 4 ? ", or say --layout NCHW or NHWC" : ""}.`,
      {
        details: { input: info.name, dims: info.dims },
      },
    );
  }
  const [, a, b, c] = info.dims as readonly (number | null)[];
  const [channels, height, width] = layout === "NCHW" ? [a, b, c] : [c, a, b];
  const size: FrameSize = { width: width ?? null, height: height ?? null };
  return { layout, channels: channels ?? null, size: size.width === null && size.height === null ? null : size };
}

/**
 * The preset that models with such an input mostly follow.
 *
 * @throws {XDeepError} INPUT_SHAPE for numbers of channels that no picture has
 */
export function guessPreset({ layout, channels, size }: PictureInput): GuessedPreset {
  const follows =
    size === null || isWhole(size) ? "" : size.height === null ? `${size.width} pixels wide, any height` : `${size.height} pixels high, any width`;
  if (channels === 1) return { preset: "grey", because: ["one channel", follows].filter((part) => part !== "").join(", ") };
  if (channels !== 3 && channels !== null) {
    throw new XDeepError("INPUT_SHAPE", `The model's input has ${channels} channels, and a picture has 1 or 3. Pass a .npy or .json file.`, {
      details: { channels },
    });
  }
  if (follows !== "") return { preset: "unit", because: follows };
  if (size !== null && (size.width !== 224 || size.height !== 224)) return { preset: "unit", because: `${size.width} x ${size.height} pixels` };
  const side = size === null ? "any size" : "224 x 224 pixels";
  return layout === "NHWC" ? { preset: "tf", because: `${side}, channels last` } : { preset: "imagenet", because: `${side}, channels first` };
}

/**
 * The model's own layout and size, under whatever the user asks for. Where the model leaves one side open, that side follows the picture's proportions, as
 * lines of text are fed.
 *
 * @param told the size that a file of preprocessing says: its value goes for the side that the model leaves open
 */
export function fittedTo({ layout, size }: PictureInput, told?: PreprocessingOverrides["size"]): Pick<PreprocessingOverrides, "layout" | "size"> {
  if (size === null) return { layout };
  const { width, height } = typeof told === "number" ? { width: told, height: told } : (told ?? { width: null, height: null });
  return { layout, size: { width: size.width ?? width, height: size.height ?? height } };
}

function isWhole({ width, height }: FrameSize): boolean {
  return width !== null && height !== null;
}

/** What presets differ in. */
const DIFFERING = ["size", "channels", "scale", "mean", "std", "cropFraction"] as const;
export type GuessedValue = (typeof DIFFERING)[number];

/** The values that come from a guessed preset: neither given, nor known from the model, nor without effect. */
export function guessedValues(input: PictureInput, given: PreprocessingOverrides, preprocessing: Preprocessing): readonly GuessedValue[] {
  const { resize, size } = preprocessing;
  const isKnown: Readonly<Record<GuessedValue, boolean>> = {
    size: resize === "none" || (input.size !== null && isWhole(input.size)),
    channels: input.channels === 1,
    scale: false,
    mean: false,
    std: false,
    cropFraction: resize !== "crop" || !isWhole(size),
  };
  return DIFFERING.filter((name) => given[name] === undefined && !isKnown[name]);
}
