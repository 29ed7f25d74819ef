import type { TableColumns } from "@xdeep/batch";
import type { Score } from "@xdeep/core";
import type {
  ChannelOrder,
  ChannelReduction,
  DivergingColorMap,
  FrameSize,
  PixelInterpolation,
  PresetName,
  ResizeMode,
  RgbColor,
  SequentialColorMap,
} from "@xdeep/image";

import type { MethodSettings } from "../explain/methods/settings.ts";
import type { LoadFlags } from "../models/model-loader.ts";

/** Kinds of pictures that can be written. */
export const PICTURE_KINDS = ["overlay", "heatmap", "diverging", "gradient", "sheet"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

/** How a picture file becomes the model's input. What is undefined is guessed from the model. */
export interface PreprocessingFlags {
  /** A preset, or the path of a JSON file with a preprocessing. */
  readonly preset?: PresetName | (string & {}) | undefined;
  readonly size?: FrameSize | undefined;
  readonly layout?: "NCHW" | "NHWC" | undefined;
  readonly resize?: ResizeMode | undefined;
  readonly cropFraction?: number | undefined;
  readonly channels?: ChannelOrder | undefined;
  readonly scale?: number | undefined;
  readonly mean?: number | readonly number[] | undefined;
  readonly std?: number | readonly number[] | undefined;
  readonly interpolation?: PixelInterpolation | undefined;
  readonly background?: RgbColor | undefined;
}

/** How attributions are drawn. */
export interface DrawingFlags {
  readonly render: readonly PictureKind[];
  readonly colors?: SequentialColorMap | undefined;
  readonly divergingColors?: DivergingColorMap | undefined;
  readonly percentile?: number | undefined;
  readonly blur?: number | undefined;
  readonly opacity?: number | undefined;
  readonly reduce?: ChannelReduction | undefined;
  /** Font files for the labels of sheets. */
  readonly font?: readonly string[] | undefined;
}

/** The options of `xdeep explain`, parsed. */
export interface ExplainFlags extends PreprocessingFlags, DrawingFlags, LoadFlags, Omit<MethodSettings, "baseline"> {
  readonly method: readonly string[];
  /** Each is explained, by every method. */
  readonly target?: readonly string[] | undefined;
  readonly score?: Score | undefined;
  readonly output?: string | undefined;
  readonly wrt?: readonly string[] | undefined;
  readonly labels?: string | undefined;
  readonly features?: string | undefined;
  readonly top: number;
  readonly takeMax: boolean;
  /** Numbers, "black", "white", or files; several are averaged. */
  readonly baseline?: readonly string[] | undefined;
  /** Texts to explain, beside files. */
  readonly text?: readonly string[] | undefined;
  /** tokenizer.json of the model. */
  readonly tokenizer?: string | undefined;
  /** The second text of each row. */
  readonly textPair?: string | undefined;
  /** Leave the end of long texts out. */
  readonly truncate?: boolean | undefined;
  /** Further inputs: file by input name. */
  readonly input?: Readonly<Record<string, string>> | undefined;
  /** Pictures of more pixels are refused before they are unpacked. */
  readonly maxPixels?: number | undefined;
  /** Threads that explain many inputs. */
  readonly workers?: number | undefined;
  /** Rows of a shard. */
  readonly shardSize?: number | undefined;
  readonly shardFormat?: "npy" | "parquet" | undefined;
  /** Of Redis: machines that run `xdeep work` explain the shards. */
  readonly queue?: string | undefined;
  /** Columns of a table by what they hold: "file", "target", "label", "values". */
  readonly column?: TableColumns | undefined;
  /** Measures of each explanation. */
  readonly metric?: readonly string[] | undefined;
  readonly out: string;
  /** A page for everything that was found. */
  readonly report?: string | undefined;
  readonly json: boolean;
}
