import type { Score } from "@xdeep/core";
import type { HeatMapReduction } from "@xdeep/export";

import type { MethodSettings } from "../explain/methods/settings.ts";
import type { LoadFlags } from "../models/model-loader.ts";
import type { PreprocessingFlags } from "./explain-flags.ts";

/** Points on a path, and draws of noise, where nothing is asked: each costs a gradient in every row of every batch. */
export const DEFAULT_POINTS = 8;

/** The options of `xdeep export`, parsed. */
export interface ExportFlags
  extends
    Omit<MethodSettings, "baseline">,
    Pick<LoadFlags, "inputDims" | "shared" | "limit">,
    Pick<PreprocessingFlags, "preset" | "channels" | "scale" | "mean" | "std" | "size"> {
  readonly method: readonly string[];
  /** Numbers, or files of numbers; several are averaged. */
  readonly baseline?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly labels?: string | undefined;
  readonly score?: Score | undefined;
  readonly output?: string | undefined;
  readonly wrt?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly profile?: "portable" | "server" | undefined;
  readonly targetInput?: boolean | undefined;
  readonly only?: boolean | undefined;
  readonly heatMap?: boolean | undefined;
  readonly reduce?: HeatMapReduction | undefined;
  /** Weights go into a second file. */
  readonly externalData?: boolean | undefined;
  readonly webgpu?: boolean | undefined;
  readonly maxPoints?: number | undefined;
  readonly pixels?: "int32" | "uint8" | undefined;
  /** A folder for Triton's repository of models. */
  readonly triton?: string | undefined;
  readonly kserve?: boolean | undefined;
  readonly spark?: boolean | undefined;
  readonly ray?: boolean | undefined;
  readonly beam?: boolean | undefined;
  readonly json?: boolean | undefined;
}
