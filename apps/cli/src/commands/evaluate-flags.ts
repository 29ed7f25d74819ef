import type { LoadFlags } from "../models/model-loader.ts";
import type { ExplainFlags, PreprocessingFlags } from "./explain-flags.ts";

/** What `xdeep evaluate` takes of `xdeep explain`. */
type Shared = "method" | "score" | "output" | "wrt" | "labels" | "baseline" | "input" | "maxPixels" | "out" | "json";
type MethodFlags =
  | "rectifiers"
  | "steps"
  | "quadrature"
  | "tolerance"
  | "multiplyByInputs"
  | "samples"
  | "noiseLevel"
  | "noiseStd"
  | "seed"
  | "aggregate"
  | "methodOption";

/** The options of `xdeep evaluate`, parsed. */
export interface EvaluateFlags extends PreprocessingFlags, LoadFlags, Pick<ExplainFlags, Shared | MethodFlags> {
  readonly metric: readonly string[];
  readonly target?: string | undefined;
}
