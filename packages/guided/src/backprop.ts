import { BaseProp, XDeepError, isTensor } from "@xdeep/core";
import { checkOptionNames, dropBatchAxis } from "@xdeep/core/method";
import type { FloatTensor, Input, Mirrored, Model, Progress, Rule, Score, TargetOption } from "@xdeep/core";

import { channelAxis, takeMaximum } from "./take-maximum.ts";
import { VERSION } from "./version.ts";

export interface BackpropOptions {
  /** The guided rule: short for `rule: "guided"`. Default false. */
  readonly guided?: boolean | undefined;
  /** How cotangents pass rectifiers: "standard" (vanilla gradients), "guided" or "deconvnet". */
  readonly rule?: Rule | undefined;
  /** Operators that count as rectifiers. Default: the backend's, ["Relu", "Relu6"]. */
  readonly rectifiers?: readonly string[] | undefined;
}

export interface CalculateGradientsOptions {
  /** What is explained: one target for all rows, one per row, or (null, the default) each row's own argmax. */
  readonly targetClass?: TargetOption | undefined;
  /** The signed maximum over the channel axis, which stays with size 1. Default false. */
  readonly takeMax?: boolean | undefined;
  /** Ask for a GPU: refused when the model was loaded without one. Default false, which asks for nothing. */
  readonly useGpu?: boolean | undefined;
  /** Default "logit". */
  readonly score?: Score | undefined;
  /** Name of the model output that is explained. Default: the first float output. */
  readonly output?: string | undefined;
  /** Inputs, or inner values where the backend can. Default: every float input. */
  readonly wrt?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const BACKPROP_OPTIONS: readonly string[] = ["guided", "rule", "rectifiers"] satisfies (keyof BackpropOptions)[];
const GRADIENT_OPTIONS: readonly string[] = [
  "targetClass",
  "takeMax",
  "useGpu",
  "score",
  "output",
  "wrt",
  "signal",
  "onProgress",
] satisfies (keyof CalculateGradientsOptions)[];

/**
 * The gradient of a score with respect to the input: vanilla (Simonyan et al. 2013, arXiv:1312.6034), guided (Springenberg et al. 2014,
 * arXiv:1412.6806) or by the DeconvNet rule (Zeiler and Fergus 2013, arXiv:1311.2901).
 */
export class Backprop extends BaseProp {
  /** @throws {XDeepError} OPTION_INVALID when `guided` and `rule` contradict each other; RULE_UNKNOWN, CAPABILITY_MISSING, CONTRACT_VERSION */
  constructor(model: Model, options: BackpropOptions = {}) {
    checkOptionNames("Backprop", options, BACKPROP_OPTIONS);
    super(model, { rule: ruleOf(options), rectifiers: options.rectifiers, versions: { "@xdeep/guided": VERSION } });
  }

  /**
   * dF/dx, in the form of the input and without the batch axis where that is 1: (1, C, H, W) → (C, H, W), with `takeMax` → (1, H, W).
   *
   * @throws {XDeepError} GPU_UNAVAILABLE, OPTION_INVALID, and the codes of `explain`
   */
  async calculateGradients<I extends Input>(input: I, options: CalculateGradientsOptions = {}): Promise<Mirrored<I>> {
    checkOptionNames("calculateGradients", options, GRADIENT_OPTIONS);
    const { targetClass = null, takeMax = false, useGpu = false, score, output, wrt, signal, onProgress } = options;
    if (useGpu) this.#checkGpu();
    const { values } = await this.explain(input, { target: targetClass, score, output, wrt, signal, onProgress });
    return dropBatchAxis<I>(this.model, takeMax ? this.#maxima<I>(values) : values);
  }

  #maxima<I extends Input>(values: Mirrored<I>): Mirrored<I> {
    const reduce = (name: string, tensor: FloatTensor): FloatTensor => takeMaximum(tensor, channelAxis(tensor, this.#layoutOf(name), name));
    if (isTensor(values)) return reduce(this.model.inputs[0]!.name, values as FloatTensor) as Mirrored<I>;
    const record = values as Readonly<Record<string, FloatTensor>>;
    return Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, reduce(name, tensor)])) as Mirrored<I>;
  }

  #layoutOf(name: string): Model["inputs"][number]["layout"] {
    return this.model.inputs.find((input) => input.name === name)?.layout ?? null;
  }

  #checkGpu(): void {
    const { backend, engine, capabilities } = this.model;
    if (capabilities.gpu) return;
    throw new XDeepError(
      "GPU_UNAVAILABLE",
      `A GPU was asked for, but the model runs on ${engine}. Load it on one, loadModel(source, { useGpu: true }), or leave useGpu out.`,
      { details: { backend, engine } },
    );
  }
}

function ruleOf({ guided, rule }: BackpropOptions): Rule {
  const contradiction = guided === true ? rule !== undefined && rule !== "guided" : guided === false && rule === "guided";
  if (contradiction) {
    throw new XDeepError("OPTION_INVALID", `guided: ${guided} and rule: "${rule}" contradict each other; give one of them.`, { details: { guided, rule } });
  }
  return rule ?? (guided === true ? "guided" : "standard");
}
