import { checkOptionNames, dropBatchAxis } from "@xdeep/core/method";
import type { Explainer, Input, Mirrored, Progress, Score, TargetOption } from "@xdeep/core";

import { integrated } from "./integrated.ts";
import { DEFAULT_STEPS, INTEGRATED_OPTIONS } from "./settings.ts";
import type { IntegratedOptions } from "./settings.ts";

/** As in `integrated`, but the default is xdeep's: `n` 25. */
export interface GenerateIntegratedGradOptions extends IntegratedOptions {
  /** What is explained: one target for all rows, one per row, or (null, the default) each row's own argmax at the input. */
  readonly targetClass?: TargetOption | undefined;
  /** Default "logit". */
  readonly score?: Score | undefined;
  /** Name of the model output that is explained. Default: the first float output. */
  readonly output?: string | undefined;
  /** Inputs to attribute to, or one inner value where the backend can. Default: every float input. */
  readonly wrt?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const GENERATE_OPTIONS: readonly string[] = [
  ...INTEGRATED_OPTIONS,
  ...(["targetClass", "score", "output", "wrt", "signal", "onProgress"] satisfies (keyof GenerateIntegratedGradOptions)[]),
];

/**
 * Integrated gradients in the form of the input, without the batch axis where that is 1: (1, C, H, W) → (C, H, W).
 *
 * @throws {XDeepError} OPTION_INVALID, BASELINE_INVALID, and the codes of the explainer
 */
export async function generateIntegratedGrad<I extends Input>(
  explainer: Explainer,
  input: I,
  options: GenerateIntegratedGradOptions = {},
): Promise<Mirrored<I>> {
  checkOptionNames("generateIntegratedGrad", options, GENERATE_OPTIONS);
  const { targetClass = null, score, output, wrt, signal, onProgress, ...path } = options;
  const asksForTolerance = path.tolerance !== undefined || path.relativeTolerance !== undefined || path.maxSteps !== undefined;
  const steps = asksForTolerance ? path : { ...path, n: path.n ?? DEFAULT_STEPS };
  const { values } = await integrated(explainer, steps).explain(input, { target: targetClass, score, output, wrt, signal, onProgress });
  return dropBatchAxis<I>(explainer.model, values);
}
