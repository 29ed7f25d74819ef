import type { PixelInterpolation } from "../pixels/pixel-samples.ts";
import type { RgbColor } from "../pixels/rgb-image.ts";

/**
 * How a picture becomes a model's input, as plain data that can be kept in a JSON file.
 *
 * The tensor holds `(pixel * scale - mean) / std`, where a pixel is 0…255.
 */
export interface Preprocessing {
  /**
   * Width and height of the tensor in pixels. Not used by `resize: "none"`. One of them may be null: it follows the picture's proportions and nothing is cut off, as
   * networks take it that read lines of text.
   */
  readonly size: FrameSize;
  /**
   * `crop`: shrink or enlarge until the picture covers `size / cropFraction`, then cut `size` out of the centre.
   * `stretch`: to `size`, without regard to proportions. `stretch-crop`: to `size / cropFraction` so, then cut `size` out of the centre. `letterbox`: the whole picture within `size`, the rest `background`.
   * `none`: the picture as it is. All others take the same steps whatever the picture's own size, one that already has `size` too.
   */
  readonly resize: ResizeMode;
  /** The filter that resizes, widened where a picture shrinks; Pillow's, to the bit. */
  readonly interpolation: PixelInterpolation;
  /** For `crop` and `stretch-crop`: side of the crop divided by the (short) side that the picture is resized to. 0.875 means 224 out of 256. */
  readonly cropFraction: number;
  /** Under transparent pixels, and around letterboxed pictures. */
  readonly background: RgbColor;
  /** Channels of the tensor, in order. `grey` is one channel, 0.299 R + 0.587 G + 0.114 B. */
  readonly channels: ChannelOrder;
  /** Order of the axes: [1, C, H, W] or [1, H, W, C]. */
  readonly layout: "NCHW" | "NHWC";
  /** Multiplies pixels 0…255, before `mean` is taken off. */
  readonly scale: number;
  /** One per channel of the tensor, in its order, in units of the scaled pixel. */
  readonly mean: readonly number[];
  /** One per channel of the tensor, in its order, in units of the scaled pixel. */
  readonly std: readonly number[];
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** A side that is null follows the picture's proportions. */
export interface FrameSize {
  readonly width: number | null;
  readonly height: number | null;
}

/** As `Preprocessing.resize` takes them. */
export const RESIZE_MODES = ["crop", "stretch", "stretch-crop", "letterbox", "none"] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];
export type ChannelOrder = "rgb" | "bgr" | "grey";
export type PresetName = "imagenet" | "caffe" | "tf" | "unit" | "grey";

const IMAGENET: Preprocessing = {
  size: { width: 224, height: 224 },
  resize: "crop",
  interpolation: "bilinear",
  cropFraction: 224 / 256,
  background: [255, 255, 255],
  channels: "rgb",
  layout: "NCHW",
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const UNIT: Preprocessing = { ...IMAGENET, cropFraction: 1, mean: [0, 0, 0], std: [1, 1, 1] };

/**
 * The conventions that published models follow.
 *
 * - `imagenet`: torchvision and timm; short side 256, crop 224, 0…1, then the mean and deviation of ImageNet.
 * - `caffe`: Caffe, SqueezeNet, VGG and early ResNet files; BGR, 0…255 less the mean colour.
 * - `tf`: MobileNet and Inception of TensorFlow; −1…1, NHWC.
 * - `unit`: 0…1, the whole short side.
 * - `grey`: one channel, 0…1, 28 × 28, the whole short side: digits and sketches.
 */
export const PRESETS: Readonly<Record<PresetName, Preprocessing>> = {
  imagenet: IMAGENET,
  caffe: { ...IMAGENET, channels: "bgr", scale: 1, mean: [104, 117, 123], std: [1, 1, 1] },
  tf: { ...IMAGENET, layout: "NHWC", scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  unit: UNIT,
  grey: { ...UNIT, size: { width: 28, height: 28 }, channels: "grey", mean: [0], std: [1] },
};
