import { checkOptionNames, dropBatchAxis } from "@xdeep/core/method";
import type { Explainer, Input, Mirrored, Progress, Score, TargetOption } from "@xdeep/core";

import { SMOOTH_OPTIONS } from "./settings.ts";
import type { SmoothOptions } from "./settings.ts";
import { smooth } from "./smooth.ts";

/** xdeep's `sigma_multiplier`, where neither it nor another measure of the noise is given. */
export const DEFAULT_SIGMA_MULTIPLIER = 4;

/** As in `smooth`, but the noise is by default std = (sigmaMultiplier / (max − min))² with sigmaMultiplier 4; `noiseLevel`, `std` and `noise` override it. */
export interface GenerateSmoothGradOptions extends SmoothOptions {
  /** What is explained: one target for all rows, one per row, or (null, the default) each row's own argmax at the input. */
  readonly targetClass?: TargetOption | undefined;
  /** Default "logit". */
  readonly score?: Score | undefined;
  /** Name of the model output that is explained. Default: the first float output. */
  readonly output?: string | undefined;
  /** Inputs to attribute to, or inner values where the backend can. Default: every float input. */
  readonly wrt?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const GENERATE_OPTIONS: readonly string[] = [
  ...SMOOTH_OPTIONS,
  ...(["targetClass", "score", "output", "wrt", "signal", "onProgress"] satisfies (keyof GenerateSmoothGradOptions)[]),
];

/**
 * SmoothGrad in the form of the input, without the batch axis where that is 1: (1, C, H, W) → (C, H, W).
 *
 * @throws {XDeepError} OPTION_INVALID, NOISE_INVALID, and the codes of the explainer
 */
export async function generateSmoothGrad<I extends Input>(explainer: Explainer, input: I, options: GenerateSmoothGradOptions = {}): Promise<Mirrored<I>> {
  checkOptionNames("generateSmoothGrad", options, GENERATE_OPTIONS);
  const { targetClass = null, score, output, wrt, signal, onProgress, sigmaMultiplier, ...rest } = options;
  const overridden = rest.noiseLevel !== undefined || rest.std !== undefined || rest.noise !== undefined;
  const spread = overridden ? {} : { sigmaMultiplier: sigmaMultiplier ?? DEFAULT_SIGMA_MULTIPLIER };
  const { values } = await smooth(explainer, { ...rest, ...spread }).explain(input, { target: targetClass, score, output, wrt, signal, onProgress });
  return dropBatchAxis<I>(explainer.model, values);
}
