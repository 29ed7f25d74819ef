import { type ValueInfo, XDeepError } from "@xdeep/core";
import type { ImageSize, Preprocessing, PresetName } from "./preprocessing.ts";
import type { PreprocessingOverrides } from "./resolve-preprocessing.ts";

/** What a model's input says of the pictures that it takes. */
export interface PictureInput {
  readonly layout: "NCHW" | "NHWC";
  readonly channels: number | null;
  /** Null where the file leaves a side open. */
  readonly size: ImageSize | null;
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
  return { layout, channels: channels ?? null, size: height != null && width != null ? { width, height } : null };
}

/**
 * The preset that models with such an input mostly follow.
 *
 * @throws {XDeepError} INPUT_SHAPE for numbers of channels that no picture has
 */
export function guessPreset({ layout, channels, size }: PictureInput): GuessedPreset {
  if (channels === 1) return { preset: "grey", because: "one channel" };
  if (channels !== 3 && channels !== null) {
    throw new XDeepError("INPUT_SHAPE", `The model's input has ${channels} channels, and a picture has 1 or 3. Pass a .npy or .json file.`, {
      details: { channels },
    });
  }
  if (size !== null && (size.width !== 224 || size.height !== 224)) return { preset: "unit", because: `${size.width} x ${size.height} pixels` };
  const side = size === null ? "any size" : "224 x 224 pixels";
  return layout === "NHWC" ? { preset: "tf", because: `${side}, channels last` } : { preset: "imagenet", because: `${side}, channels first` };
}

/** The model's own layout and size, under whatever the user asks for. */
export function fittedTo({ layout, size }: PictureInput): Pick<PreprocessingOverrides, "layout" | "size"> {
  return { layout, ...(size === null ? {} : { size }) };
}

/** What presets differ in. */
const DIFFERING = ["channels", "scale", "mean", "std", "cropFraction"] as const;
export type GuessedValue = (typeof DIFFERING)[number];

/** The values that come from a guessed preset: neither given, nor known from the model, nor without effect. */
export function guessedValues({ channels }: PictureInput, given: PreprocessingOverrides, { resize }: Preprocessing): readonly GuessedValue[] {
  return DIFFERING.filter((name) => given[name] === undefined && !(name === "channels" && channels === 1) && !(name === "cropFraction" && resize !== "crop"));
}
