import { createAttribution } from "./attribution.ts";
import { batchSize, concatRows, notBatched, sharedInputs, sliceFeeds, splitRows } from "./batches.ts";
import type { RowRange } from "./batches.ts";
import { betweenRuns } from "./between-runs.ts";
import { checkContract, checkRule } from "./check-model.ts";
import { checkExplainOptions } from "./check-options.ts";
import { XDeepError } from "./error.ts";
import type { Attribution, ExplainOptions, Explained, Explainer, MethodDescription, Provenance } from "./explainer.ts";
import type { Model, Rule, VjpResult } from "./model.ts";
import { mirrorInput, resolveInput } from "./resolve-input.ts";
import type { ResolvedInput } from "./resolve-input.ts";
import { scoredOutputs } from "./resolve-values.ts";
import { expandTargets } from "./resolve-target.ts";
import { sumTensors } from "./row-sum.ts";
import { saturationNotes } from "./saturation-notes.ts";
import { checkScores, targetsIn } from "./score-rows.ts";
import type { FloatTensor, Input } from "./tensor.ts";
import { firstNonFinite } from "./validate-feeds.ts";
import { VERSION } from "./version.ts";

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
    const { name, ...parameters } = typeof rule === "string" ? { name: rule } : rule;
    this.method = {
      name: name === "standard" ? "vanilla" : name,
      parameters: this.rectifiers === undefined ? parameters : { ...parameters, rectifiers: this.rectifiers },
    };
    this.#versions = { ...model.versions, "@xdeep/core": VERSION, ...versions };
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
    options.signal?.throwIfAborted();
    const resolved = resolveInput(this.model, input);
    checkExplainOptions(options, resolved.rows);
    const results = await this.#run(resolved, options);
    const merge = options.weights === undefined ? concatRows : sumTensors;
    const gradients = Object.keys(results[0]!.gradients).map((name) => [name, merge(results.map((result) => result.gradients[name]!))] as const);
    return createAttribution({
      values: mirrorInput(this.model, input, Object.fromEntries<FloatTensor>(gradients), options),
      target: results.flatMap(({ target }) => target),
      scores: Float32Array.from(results.flatMap(({ scores }) => [...scores])),
      output: results[0]!.output,
      provenance: this.#provenance(results),
    });
  }

  async #run({ feeds, rows }: ResolvedInput, options: ExplainOptions): Promise<readonly VjpResult[]> {
    const { output, score, wrt, signal, weights, onProgress } = options;
    const targets = expandTargets(options.target, rows);
    const chunks = splitRows(rows, batchSize(this.model.capabilities));
    const shared = sharedInputs(this.model.inputs);
    const outputs = scoredOutputs(this.model.outputs, output);
    const results: VjpResult[] = [];
    for (const chunk of chunks) {
      if (results.length > 0) await betweenRuns(signal);
      const result = await this.model.vjp({
        feeds: sliceFeeds(feeds, chunk, shared),
        output,
        outputs,
        target: targetsIn(targets.slice(chunk.start, chunk.end)),
        score,
        rule: this.rule,
        rectifiers: this.rectifiers,
        wrt,
        weights: weights?.slice(chunk.start, chunk.end),
        signal,
      });
      checkFinite(result, chunk);
      if (chunks.length > 1 && weights === undefined) checkBatchAxis(result, chunk);
      results.push(result);
      onProgress?.({ done: results.length, total: chunks.length });
    }
    return results;
  }

  #provenance(results: readonly VjpResult[]): Provenance {
    const { backend, engine } = this.model;
    const { rectifiers, score } = results[0]!;
    const notes = [...new Set([...results.flatMap((result) => result.notes ?? []), ...saturationNotes(this.model, results)])];
    return { method: this.method, rule: this.rule, rectifiers, ...(notes.length === 0 ? {} : { notes }), score, backend, engine, versions: this.#versions };
  }
}

/** Parts of a batch are joined along the leading axis of each gradient. */
function checkBatchAxis({ gradients }: VjpResult, { start, end }: RowRange): void {
  for (const [name, { dims }] of Object.entries(gradients)) if (dims[0] !== end - start) throw notBatched(name, dims);
}

function checkFinite({ gradients, scores, output }: VjpResult, { start }: RowRange): void {
  checkScores(scores, output, start);
  for (const [name, gradient] of Object.entries(gradients)) {
    const index = firstNonFinite(gradient);
    if (index < 0) continue;
    throw new XDeepError(
      "RESULT_NOT_FINITE",
      `The gradient with respect to "${name}" is ${gradient.data[index]} at element ${index}: an operator of the model has no finite derivative there (a root or a division at 0, an overflow in half precision). Move the input slightly, explain the logit instead of the probability, or use a float32 model.`,
      { details: { wrt: name, index } },
    );
  }
}
