import { createAttribution, provenanceOf } from "./attribution.ts";
import { checkContract, checkRule, ruleName } from "../contract/check-model.ts";
import { checkExplainOptions } from "../requests/check-options.ts";
import type { Attribution, ExplainOptions, Explained, Explainer, MethodDescription, TargetsOptions } from "../contract/explainer.ts";
import type { Model, Rule, VjpResult } from "../contract/model.ts";
import { mirrorInput, resolveInput } from "../requests/resolve-input.ts";
import { ruleParameters } from "../contract/rule-parameters.ts";
import type { TargetOption } from "../contract/target.ts";
import type { Input } from "../tensors/tensor.ts";
import { vjpRows } from "../rows/vjp-rows.ts";

export interface BasePropOptions {
  /** How cotangents pass rectifiers. Default "standard". */
  readonly rule?: Rule | undefined;
  /** Operators that count as rectifiers for `rule`. Default: the backend's, ["Relu", "Relu6"]. */
  readonly rectifiers?: readonly string[] | undefined;
  /** Packages that take part besides @xdeep/core, with their versions: for classes built on this one. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
}

/**
 * The gradient of a model's score with respect to its inputs, under one backward rule: the explainer that methods are built on.
 * It holds the model, checks inputs, and splits batches as the backend's capabilities say.
 */
export class BaseProp implements Explainer {
  readonly model: Model;
  readonly rule: Rule;
  readonly rectifiers: readonly string[] | undefined;
  readonly method: MethodDescription;
  readonly #versions: Readonly<Record<string, string>>;

  /** @throws {XDeepError} CONTRACT_VERSION, RULE_UNKNOWN, CAPABILITY_MISSING */
  constructor(model: Model, { rule = "standard", rectifiers, versions = {} }: BasePropOptions = {}) {
    checkContract(model);
    checkRule(model, rule);
    this.model = model;
    this.rule = rule;
    this.rectifiers = rectifiers === undefined ? undefined : [...rectifiers];
    const [name, parameters] = [ruleName(rule), ruleParameters(rule)];
    this.method = {
      name: name === "standard" ? "vanilla" : name,
      parameters: this.rectifiers === undefined ? parameters : { ...parameters, rectifiers: this.rectifiers },
    };
    this.#versions = versions;
  }

  /**
   * dF/dx for every row, or Σₙ wₙ dF/dxₙ with `weights`.
   *
   * @throws {XDeepError} the codes of `validateFeeds`; TARGET_INVALID, TARGET_OUT_OF_RANGE, OUTPUT_UNKNOWN, WRT_UNKNOWN, OPTION_INVALID;
   *   RESULT_NOT_FINITE when a score or a gradient is NaN or infinite
   */
  async explain<I extends Input, O extends ExplainOptions = { readonly wrt?: undefined }>(
    input: I,
    options: ExplainOptions = {},
  ): Promise<Attribution<Explained<I, O>>> {
    return this.#attribution<I, O>(input, options, await this.#gradients(input, options));
  }

  /**
   * The same of several targets, from one forward run where the backend can.
   *
   * @throws {XDeepError} the codes of `explain`
   */
  async explainTargets<I extends Input, O extends TargetsOptions = { readonly wrt?: undefined }>(
    input: I,
    targets: readonly TargetOption[],
    options: TargetsOptions = {},
  ): Promise<readonly Attribution<Explained<I, O>>[]> {
    const result = await this.#gradients(input, options, targets);
    return result.perTarget!.map((part) => this.#attribution<I, O>(input, options, { ...result, ...part }));
  }

  async #gradients(input: Input, options: ExplainOptions, targets?: readonly TargetOption[]): Promise<VjpResult> {
    options.signal?.throwIfAborted();
    const resolved = await resolveInput(this.model, input, options.signal);
    checkExplainOptions(options, resolved.rows);
    return vjpRows(this.model, resolved, { ...options, targets, rule: this.rule, rectifiers: this.rectifiers });
  }

  #attribution<I extends Input, O extends TargetsOptions>(
    input: I,
    options: TargetsOptions,
    { gradients, target, scores, output, ...run }: VjpResult,
  ): Attribution<Explained<I, O>> {
    const values = mirrorInput(this.model, input, gradients, options);
    return createAttribution({
      values,
      target,
      scores,
      output,
      provenance: provenanceOf(this.model, run, { method: this.method, rule: this.rule, versions: this.#versions }),
    });
  }
}
