import { XDeepError } from "@xdeep/core";
import type { JsonObject } from "./imported-preprocessing.ts";
import type { PixelInterpolation } from "../pixels/pixel-samples.ts";
import type { ImageSize, Preprocessing } from "./preprocessing.ts";
import { resolvePreprocessing } from "./resolve-preprocessing.ts";

/** By Pillow's numbers. */
const RESAMPLE: readonly PixelInterpolation[] = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

/** What an image processor does where its file is silent, and what is its own. */
interface Processor {
  readonly resample: PixelInterpolation;
  /** A size of one number is a square, not the short side. */
  readonly isSquare?: boolean;
  readonly crops?: boolean;
  readonly normalizes?: boolean;
  /** The short side that pictures are resized to, where it is not the one in the file. */
  readonly shortSide?: (side: number, cropShare: number | null) => number;
}

const SQUARE_BICUBIC: Processor = { resample: "bicubic", isSquare: true };
const CROPPED_BICUBIC: Processor = { resample: "bicubic", crops: true };
const CROPPED_BILINEAR: Processor = { resample: "bilinear", crops: true };

/** By the name of the class, less `ImageProcessor…` or `FeatureExtractor`; as of transformers 5. Others may do more than their files say. */
const PROCESSORS: Readonly<Record<string, Processor>> = {
  Beit: SQUARE_BICUBIC,
  Bit: CROPPED_BICUBIC,
  Blip: SQUARE_BICUBIC,
  ChineseCLIP: CROPPED_BICUBIC,
  CLIP: CROPPED_BICUBIC,
  ConvNext: { resample: "bicubic" },
  DINOv3ViT: { resample: "bilinear", isSquare: true },
  DPT: SQUARE_BICUBIC,
  DeiT: { ...SQUARE_BICUBIC, crops: true },
  EfficientNet: SQUARE_BICUBIC,
  Levit: { ...CROPPED_BICUBIC, shortSide: (side) => (256 / 224) * side },
  MobileNetV1: CROPPED_BILINEAR,
  MobileNetV2: CROPPED_BILINEAR,
  MobileViT: { ...CROPPED_BICUBIC, normalizes: false },
  PoolFormer: { ...CROPPED_BICUBIC, shortSide: (side, cropShare) => side / (cropShare ?? 0.9) },
  Pvt: SQUARE_BICUBIC,
  Segformer: { resample: "bilinear", isSquare: true },
  Siglip: { resample: "bicubic" },
  ViT: { resample: "bilinear", isSquare: true },
};

/** Keys that change nothing of the pixels, or ask for what is always done here. */
const IDLE: readonly string[] = [
  ..."image_processor_type feature_extractor_type processor_class auto_map _valid_processor_keys data_format input_data_format device".split(" "),
  ..."do_convert_rgb do_reduce_labels reduce_labels return_tensors disable_grouping transformers_version".split(" "),
];

/** Keys that are honoured. */
const KNOWN: readonly string[] = [
  ..."do_resize size resample default_to_square do_center_crop crop_size crop_pct ensure_multiple_of do_rescale rescale_factor".split(" "),
  ..."rescale_offset do_normalize image_mean image_std include_top do_flip_channel_order".split(" "),
];

/**
 * `preprocessor_config.json` of Hugging Face's transformers, for the image processors whose steps are those of this package.
 *
 * @throws {XDeepError} OPTION_INVALID for other processors, missing or wrong values, and whatever cannot be done here: padding, sides that are left open.
 */
export function huggingFacePreprocessing(file: JsonObject): Preprocessing {
  const name = processorName(file);
  const processor = PROCESSORS[name]!;
  for (const [key, value] of Object.entries(file)) {
    if (IDLE.includes(key) || KNOWN.includes(key) || value === null || value === false) continue;
    throw cannot(`"${key}": ${JSON.stringify(value)}`, "this package has no such step");
  }
  return resolvePreprocessing({
    preset: "imagenet",
    ...geometry(file, name, processor),
    interpolation: interpolationOf(file, processor),
    ...levels(file, name, processor),
  });
}

function processorName(file: JsonObject): string {
  const type = file.image_processor_type ?? file.feature_extractor_type;
  const name = /^(\w+?)(?:ImageProcessor|FeatureExtractor)(?:Fast|Pil)?$/.exec(String(type))?.[1];
  if (name !== undefined && Object.hasOwn(PROCESSORS, name)) return name;
  throw new XDeepError(
    "OPTION_INVALID",
    `The steps of "image_processor_type": ${JSON.stringify(type ?? null)} are not known here. Known are ${Object.keys(PROCESSORS).join(", ")}. ` +
      'Write the preprocessing as options of xdeep, { "size": 224, "mean": … }, if its steps are a resize, a crop and a normalisation.',
    { details: { type, known: Object.keys(PROCESSORS) } },
  );
}

type Geometry = Pick<Preprocessing, "resize" | "size" | "cropFraction">;

function geometry(file: JsonObject, name: string, processor: Processor): Geometry {
  const crop = flag(file, "do_center_crop", processor.crops ?? false) ? sides(file, "crop_size") : null;
  if (!flag(file, "do_resize", true)) {
    if (crop !== null) throw cannot('"do_center_crop" without "do_resize"', "smaller pictures would be padded");
    return { resize: "none", size: { width: 224, height: 224 }, cropFraction: 1 };
  }
  const cropShare = file.crop_pct == null ? null : number(file, "crop_pct");
  const short = shortSide(file, processor);
  if (short === null) return stretched(sides(file, "size"), crop, file);
  if (name === "ConvNext") return convNext(short, cropShare ?? 224 / 256);
  if (crop === null) throw cannot(`"size": ${JSON.stringify(file.size)} without "do_center_crop"`, "it leaves the long side open");
  const resized = Math.floor(processor.shortSide?.(short, cropShare) ?? short);
  if (crop.width !== crop.height) throw cannot(`"crop_size": ${JSON.stringify(file.crop_size)} of a short side`, "only squares can be cut out of it");
  if (crop.width > resized) throw cannot(`"crop_size": ${JSON.stringify(file.crop_size)}, more than "size"`, "what is missing would be padded");
  return { resize: "crop", size: crop, cropFraction: crop.width / resized };
}

/** Below 384 pixels a crop out of the enlarged short side; from there on everything. */
function convNext(side: number, cropShare: number): Geometry {
  return { resize: side < 384 ? "crop" : "stretch", size: { width: side, height: side }, cropFraction: cropShare };
}

function stretched(size: ImageSize, crop: ImageSize | null, file: JsonObject): Geometry {
  const multiple = file.ensure_multiple_of == null ? 1 : number(file, "ensure_multiple_of");
  if (size.width % multiple !== 0 || size.height % multiple !== 0) throw cannot(`"ensure_multiple_of": ${multiple}`, "it changes the size");
  if (crop === null || (crop.width === size.width && crop.height === size.height)) return { resize: "stretch", size, cropFraction: 1 };
  const cropFraction = crop.width / size.width;
  if (cropFraction > 1 || cropFraction !== crop.height / size.height) {
    throw cannot(
      `"crop_size": ${JSON.stringify(file.crop_size)} out of "size": ${JSON.stringify(file.size)}`,
      "a crop is the same share of both sides, 1 at most",
    );
  }
  return { resize: "stretch-crop", size: crop, cropFraction };
}

/** Null where the file asks for width and height. */
function shortSide(file: JsonObject, { isSquare = false }: Processor): number | null {
  const { size } = file;
  if (typeof size === "number") return flag(file, "default_to_square", isSquare) ? null : size;
  if (!isObject(size) || size.shortest_edge == null) return null;
  if (size.longest_edge != null) throw cannot(`"size": ${JSON.stringify(size)}`, "it leaves the long side open");
  return number(size, "shortest_edge");
}

function sides(file: JsonObject, key: "size" | "crop_size"): ImageSize {
  const value = file[key];
  if (typeof value === "number") return { width: value, height: value };
  if (isObject(value) && value.height != null && value.width != null) return { width: number(value, "width"), height: number(value, "height") };
  throw cannot(`"${key}": ${JSON.stringify(value ?? null)}`, 'needed is a number, { "height", "width" } or, for "size", { "shortest_edge" }');
}

function interpolationOf(file: JsonObject, { resample }: Processor): PixelInterpolation {
  if (file.resample == null) return resample;
  const interpolation = RESAMPLE[number(file, "resample")];
  if (interpolation !== undefined) return interpolation;
  throw cannot(`"resample": ${JSON.stringify(file.resample)}`, "Pillow numbers its filters from 0 to 5");
}

/** Pixels are multiplied by the factor, then the mean is taken off, then the deviation divides. */
function levels(file: JsonObject, name: string, { normalizes = true }: Processor): Pick<Preprocessing, "channels" | "scale" | "mean" | "std"> {
  const scale = flag(file, "do_rescale", true) ? number(file, "rescale_factor", 1 / 255) : 1;
  // The pixels are brought to −1…1 first.
  const offset = flag(file, "rescale_offset", false) ? 1 : 0;
  const isNormalized = flag(file, "do_normalize", normalizes);
  const mean = (isNormalized ? perColor(file, "image_mean") : [0, 0, 0]).map((value) => value + offset);
  // EfficientNet divides by the deviation once more.
  const divisions = (isNormalized ? 1 : 0) + (name === "EfficientNet" && flag(file, "include_top", true) ? 1 : 0);
  const std = divisions === 0 ? [1, 1, 1] : perColor(file, "image_std").map((value) => value ** divisions);
  if (!flag(file, "do_flip_channel_order", name === "MobileViT")) return { channels: "rgb", scale, mean, std };
  if (isNormalized) throw cannot('"do_flip_channel_order" with "do_normalize"', "it does not say which of the orders the mean has");
  return { channels: "bgr", scale, mean, std };
}

function perColor(file: JsonObject, key: string): readonly number[] {
  const value = file[key];
  const list = typeof value === "number" ? [value, value, value] : value;
  if (Array.isArray(list) && list.length === 3 && list.every((entry) => typeof entry === "number")) return list;
  throw cannot(`"${key}": ${JSON.stringify(value ?? null)}`, "needed is a number, or one for each of three colours");
}

function flag(file: JsonObject, key: string, otherwise: boolean): boolean {
  const value = file[key] ?? otherwise;
  if (typeof value === "boolean") return value;
  throw cannot(`"${key}": ${JSON.stringify(value)}`, "needed is true or false");
}

function number(file: JsonObject, key: string, otherwise?: number): number {
  const value = file[key] ?? otherwise;
  if (typeof value === "number") return value;
  throw cannot(`"${key}": ${JSON.stringify(value ?? null)}`, "needed is a number");
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

function cannot(what: string, why: string): XDeepError {
  return new XDeepError("OPTION_INVALID", `A preprocessor_config.json with ${what} cannot be followed: ${why}.`);
}
