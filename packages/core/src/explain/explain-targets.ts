import { runEach } from "../rows/between-runs.ts";
import { XDeepError } from "../errors/error.ts";
import type { Attribution, ExplainOptions, Explained, Explainer, MethodDescription, Progress, TargetsOptions } from "../contract/explainer.ts";
import type { Model } from "../contract/model.ts";
import type { TargetOption } from "../contract/target.ts";
import type { Input } from "../tensors/tensor.ts";

/**
 * Explains several targets of one input, to compare them: one attribution for each, in their order. Gradients, and the methods over them, run the network forward
 * once for all targets where the backend can; other methods explain one target after the other.
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
  const unheard = (options as ExplainOptions | undefined)?.target;
  if (unheard !== undefined)
    throw new XDeepError("OPTION_INVALID", "explainTargets takes its targets as a list, not in `target`: leave it out.", {
      details: { option: "target", got: unheard },
    });
  if (explainer.explainTargets !== undefined && targets.length > 1) return explainer.explainTargets<I, O>(input, targets, options);
  const { signal, onProgress }: TargetsOptions = options ?? {};
  return runEach(targets as readonly TargetOption[], signal, (target, k) => {
    const progress = ({ done, total }: Progress): void => onProgress?.({ done: k * total + done, total: targets.length * total });
    const call = { ...options, target, onProgress: onProgress && progress } as unknown as O;
    return explainer.explain<I, O>(input, call);
  });
}

/** Explains any number of targets at once: how a method that takes several is written. */
export type ExplainEach = <T extends Input>(
  input: Input,
  targets: readonly (TargetOption | undefined)[],
  options: TargetsOptions,
) => Promise<readonly Attribution<T>[]>;

/** The explainer of a method that is written for several targets: `explain` is that of one. */
export function explainerOfTargets(model: Model, method: MethodDescription, explainEach: ExplainEach): Explainer {
  async function explainOne<T extends Input>(input: Input, { target, ...call }: ExplainOptions): Promise<Attribution<T>> {
    const [attribution] = await explainEach<T>(input, [target], call);
    return attribution!;
  }
  return {
    model,
    method,
    explain: (input, call) => explainOne(input, call ?? {}),
    explainTargets: (input, targets, call) => explainEach(input, targets, call ?? {}),
  };
}
