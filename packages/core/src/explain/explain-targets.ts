import { betweenRuns } from "../rows/between-runs.ts";
import { XDeepError } from "../errors/error.ts";
import type { Attribution, Explained, Explainer, Progress, TargetsOptions } from "../contract/explainer.ts";
import type { TargetOption } from "../contract/target.ts";
import type { Input } from "../tensors/tensor.ts";

/**
 * Explains several targets of one input, to compare them: one attribution for each, in their order. Gradients run the network forward once for all
 * targets where the backend can; other methods explain one target after the other.
 *
 * @throws {XDeepError} OPTION_INVALID for an empty list, and the codes of `explain`
 */
export async function explainTargets<I extends Input, O extends TargetsOptions = { readonly wrt?: undefined }>(
  explainer: Explainer,
  input: I,
  targets: readonly TargetOption[],
  options?: O & TargetsOptions,
): Promise<readonly Attribution<Explained<I, O>>[]> {
  if (!Array.isArray(targets) || targets.length === 0)
    throw new XDeepError("OPTION_INVALID", "`targets` is a list of one target or more.", { details: { option: "targets", got: targets } });
  if (explainer.explainTargets !== undefined) return explainer.explainTargets<I, O>(input, targets, options);
  const { signal, onProgress }: TargetsOptions = options ?? {};
  const results: Attribution<Explained<I, O>>[] = [];
  for (const [k, target] of (targets as readonly TargetOption[]).entries()) {
    if (k > 0) await betweenRuns(signal);
    const progress = ({ done, total }: Progress): void => onProgress?.({ done: k * total + done, total: targets.length * total });
    const call = { ...options, target, onProgress: onProgress && progress } as unknown as O;
    results.push(await explainer.explain<I, O>(input, call));
  }
  return results;
}
