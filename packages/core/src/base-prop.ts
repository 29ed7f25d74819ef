import { batchSize, concatRows, sliceFeeds, splitRows } from "./batches.ts";
import type { RowRange } from "./batches.ts";
import { betweenRuns } from "./between-runs.ts";
import { checkContract, checkRule } from "./check-model.ts";
import { checkExplainOptions } from "./check-options.ts";
import { XDeepError } from "./error.ts";
import type { Attribution, ExplainOptions, Explainer, MethodDescription, Provenance } from "./explainer.ts";
import type { Model, Rule, VjpResult } from "./model.ts";
import { mirrorInput, resolveInput } from "./resolve-input.ts";
import type { ResolvedInput } from "./resolve-input.ts";
import { expandTargets } from "./resolve-target.ts";
import { sumTensors } from "./row-sum.ts";
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
    this.method = { name: rule === "standard" ? "vanilla" : rule, parameters: this.rectifiers === undefined ? {} : { rectifiers: this.rectifiers } };
    this.#versions = { ...model.versions, "@xdeep/core": VERSION, ...versions };
  }

  /**
   * dF/dx for every row, or Σₙ wₙ dF/dxₙ with `weights`.
   *
   * @throws {XDeepError} the codes of `validateFeeds`; TARGET_INVALID, TARGET_OUT_OF_RANGE, OUTPUT_UNKNOWN, WRT_UNKNOWN, OPTION_INVALID;
   *   RESULT_NOT_FINITE when a score or a gradient is NaN or infinite
   */
  async explain<I extends Input>(input: I, options: ExplainOptions = {}): Promise<Attribution<I>> {
    options.signal?.throwIfAborted();
    const resolved = resolveInput(this.model, input);
    checkExplainOptions(options, resolved.rows);
    const results = await this.#run(resolved, options);
    const merge = options.weights === undefined ? concatRows : sumTensors;
    const gradients = Object.keys(results[0]!.gradients).map((name) => [name, merge(results.map((result) => result.gradients[name]!))] as const);
    return {
      values: mirrorInput(this.model, input, Object.fromEntries<FloatTensor>(gradients)),
      target: results.flatMap(({ target }) => target),
      scores: Float32Array.from(results.flatMap(({ scores }) => [...scores])),
      output: results[0]!.output,
      provenance: this.#provenance(results[0]!),
    };
  }

  async #run({ feeds, rows }: ResolvedInput, options: ExplainOptions): Promise<readonly VjpResult[]> {
    const { output, score, wrt, signal, weights, onProgress } = options;
    const targets = expandTargets(options.target, rows);
    const chunks = splitRows(rows, batchSize(this.model.capabilities));
    const results: VjpResult[] = [];
    for (const chunk of chunks) {
      if (results.length > 0) await betweenRuns(signal);
      const result = await this.model.vjp({
        feeds: sliceFeeds(feeds, chunk),
        output,
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

  #provenance({ rectifiers, score, notes = [] }: VjpResult): Provenance {
    const { backend, engine } = this.model;
    return { method: this.method, rule: this.rule, rectifiers, ...(notes.length === 0 ? {} : { notes }), score, backend, engine, versions: this.#versions };
  }
}

/** Parts of a batch are joined along the leading axis of each gradient. */
function checkBatchAxis({ gradients }: VjpResult, { start, end }: RowRange): void {
  for (const [name, { dims }] of Object.entries(gradients)) {
    if (dims[0] === end - start) continue;
    throw new XDeepError(
      "BATCH_INVALID",
      `The gradient with respect to "${name}" has dims [${dims.join(", ")}], whose first axis is not the batch, so more rows than one run holds cannot be joined. Explain fewer rows at a time.`,
      {
        details: { wrt: name, dims, rows: end - start },
      },
    );
  }
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
