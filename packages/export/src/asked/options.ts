import type { Score, Target } from "@xdeep/core";
import type { Lowering } from "@xdeep/autodiff";

import type { HeatMap } from "../ends/heat-map.ts";
import type { PixelInput } from "../ends/pixels.ts";
import type { ExportTensors, MethodWriter } from "../methods/writer.ts";

/** How an explainer is written into a file. */
export interface ExportOptions {
  /**
   * "portable" (the default): what Triton, Spark, Beam, databases and browsers all take; every rule is checked before it is written. "server": for
   * an ONNX Runtime of one's own, which takes whatever the model and the method need.
   */
  readonly profile?: "portable" | "server" | undefined;
  /**
   * The entry that is explained in every row, frozen into the file: a class, or an index tuple; `{ max }`: the largest of several in each row, found by the
   * file. Default null: each row's own argmax.
   */
  readonly target?: Target | null | undefined;
  /** Adds an input `target_entry`, int64 [N]: the entry of each row, row-major; −1 for its argmax. Default false. */
  readonly targetInput?: boolean | undefined;
  /** The output that is explained. Default: the first float output. */
  readonly output?: string | undefined;
  /** Default "logit". */
  readonly score?: Score | undefined;
  /** Inputs, or values inside, that are attributed to. Default: the model's own choice. */
  readonly wrt?: readonly string[] | undefined;
  /** Outputs of the model that the file gives besides. Default: all of them; `[]` for none. */
  readonly outputs?: readonly string[] | undefined;
  /** Takes raw pixels in place of a picture input: `pixels` [N, H, W, C]. */
  readonly pixels?: PixelInput | undefined;
  /** Gives a picture of the attribution besides: `heat_map`, uint8 [N, H, W]. */
  readonly heatMap?: HeatMap | boolean | undefined;
  /** Points of one row that the engine holds at once: the portable profile takes no more, the server profile takes the others after them. Default 16. */
  readonly maxPoints?: number | undefined;
  /**
   * What points of paths and noise are computed in: "float64" (the default, but with `webgpu`) gives the API's to the bit, so that no kink lies between the two; "float32"
   * for places without float64, such as TensorRT, and for files of half the noise.
   */
  readonly pointType?: "float32" | "float64" | undefined;
  /** Tensors that method descriptions only name: baselines, noise. */
  readonly tensors?: ExportTensors | undefined;
  /** Writers of methods by the names in their descriptions, beside ours. */
  readonly writers?: Readonly<Record<string, MethodWriter>> | undefined;
  /** Forms of gradients that some engine runs faster. Default: those of @xdeep/autodiff for CPUs, or with `webgpu` for it; `[]` for the plain forms. */
  readonly lowerings?: readonly Lowering[] | undefined;
  /**
   * Writes what onnxruntime-web runs right on WebGPU: points in float32, no indices of max pools, no convolutions that its kernel gets wrong. Default false.
   */
  readonly webgpu?: boolean | undefined;
  /** More texts for the file's `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** How an explainer is written into two files. */
export interface ExportFilesOptions extends ExportOptions {
  /** Name of the file of weights, beside the other. Default "model.onnx.data". */
  readonly location?: string | undefined;
  /** Weights of at least this many bytes go there. Default 1024. */
  readonly externalThreshold?: number | undefined;
}

export const EXPORT_OPTIONS: readonly string[] = [
  "profile",
  "target",
  "targetInput",
  "output",
  "score",
  "wrt",
  "outputs",
  "pixels",
  "heatMap",
  "maxPoints",
  "pointType",
  "tensors",
  "writers",
  "lowerings",
  "webgpu",
  "metadata",
] satisfies (keyof ExportOptions)[];
