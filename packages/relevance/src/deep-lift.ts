import type { Attribution, ExplainOptions, Explainer, FloatTensor, Input, MethodDescription, Model } from "@xdeep/core";
import { sizeOf } from "@xdeep/core";
import {
  type Baseline,
  type Pause,
  addScaled,
  betweenRuns,
  checkContract,
  checkExplainOptions,
  checkOptionNames,
  checkRule,
  createAttribution,
  describeBaseline,
  inPieces,
  mirrorInput,
  pauses,
  provenanceOf,
  readsScores,
  resolveInput,
  scoreRows,
  vjpRows,
  weightRows,
} from "@xdeep/core/method";

import { referencesOf } from "./reference.ts";
import { VERSION } from "./version.ts";

const RULE = "deeplift";

export interface DeepLiftOptions {
  /** x′: a number for every float input (default 0), a tensor [… of one sample] or [N, …], or these by input name. Token models: `{ ids: 0 }`, or a number for the embeddings. */
  readonly baseline?: Baseline | undefined;
}

export interface DeepShapOptions {
  /** Several x′, each as for `deepLift`: a sample of what inputs usually are. */
  readonly baselines: readonly Baseline[];
}

/**
 * DeepLIFT with the rescale rule: how much each entry contributes to F(x) − F(x′), in one pass backward of two runs. The contributions add up to it, transformers, recurrent
 * layers, normalisations and max pools included; `convergenceDelta` is what they miss, per row.
 *
 * @throws {XDeepError} CONTRACT_VERSION, OPTION_INVALID, CAPABILITY_MISSING where the backend does not have the rule; from `explain` also BASELINE_INVALID, MODEL_UNSUPPORTED
 *   naming all operators that have no multiplier, and the codes of `vjp`
 * @see A. Shrikumar, P. Greenside, A. Kundaje (2017), Learning Important Features Through Propagating Activation Differences, arXiv:1704.02685
 */
export function deepLift(model: Model, options: DeepLiftOptions = {}): Explainer {
  checkOptionNames("deepLift", options, ["baseline"] satisfies (keyof DeepLiftOptions)[]);
  const { baseline = 0 } = options;
  return contributions(model, [baseline], { name: RULE, parameters: { baseline: describeBaseline(baseline) } });
}

/**
 * DeepSHAP: the mean of DeepLIFT over several baselines, an estimate of Shapley values. Costs as many runs as there are baselines.
 *
 * @throws {XDeepError} as `deepLift`; OPTION_INVALID without a baseline
 * @see S. Lundberg, S.-I. Lee (2017), A Unified Approach to Interpreting Model Predictions, arXiv:1705.07874
 */
export function deepShap(model: Model, options: DeepShapOptions): Explainer {
  checkOptionNames("deepShap", options, ["baselines"] satisfies (keyof DeepShapOptions)[]);
  const { baselines } = options;
  if (!Array.isArray(baselines)) throw new TypeError("deepShap: `baselines` is a list of baselines.");
  return contributions(model, baselines, { name: "deepshap", parameters: { baselines: describeBaseline(baselines) } });
}

function contributions(model: Model, baselines: readonly Baseline[], method: MethodDescription): Explainer {
  checkContract(model);
  checkRule(model, RULE);
  return { model, method, explain: (input, call) => explainContributions(model, baselines, method, input, call ?? {}) };
}

async function explainContributions<T extends Input>(
  model: Model,
  baselines: readonly Baseline[],
  method: MethodDescription,
  given: Input,
  options: ExplainOptions,
): Promise<Attribution<T>> {
  options.signal?.throwIfAborted();
  const resolved = await resolveInput(model, given, options.signal);
  checkExplainOptions(options, resolved.rows);
  const { weights, origin: _origin, onProgress, ...call } = options;
  const { input, references } = await referencesOf(model, resolved, baselines, options);
  const sums = new Map<string, { readonly dims: readonly number[]; readonly data: Float64Array }>();
  const atReference = new Float64Array(input.rows);
  const notes = new Set<string>();
  const pause = pauses(options.signal);
  let found: Awaited<ReturnType<typeof vjpRows>> | undefined;
  for (const [k, reference] of references.entries()) {
    if (k > 0) await betweenRuns(options.signal);
    const target = found?.target ?? call.target;
    found = await vjpRows(model, input, { ...call, target, rule: RULE, reference });
    for (const [name, { dims, data }] of Object.entries(found.gradients)) {
      if (!sums.has(name)) sums.set(name, { dims, data: new Float64Array(sizeOf(dims)) });
      const sum = sums.get(name)!.data;
      await inPieces(data.length, pause, (start, end) => addScaled(sum.subarray(start, end), data.subarray(start, end), 1 / references.length));
    }
    for (const note of found.notes ?? []) notes.add(note);
    if (readsScores(options)) {
      const { referenceScores: known, target: explained } = found;
      const scores = known ?? (await scoreRows(model, { feeds: reference, rows: input.rows }, { ...call, target: explained })).scores;
      addScaled(atReference, scores, 1 / references.length);
    }
    onProgress?.({ done: k + 1, total: references.length });
  }
  const { target, scores, output } = found!;
  const isSummed = [...sums.values()].every(({ dims }) => dims[0] === input.rows);
  const delta = readsScores(options) && isSummed ? await deltas([...sums.values()], scores, atReference, pause) : undefined;
  const values: Record<string, FloatTensor> = Object.fromEntries([...sums].map(([name, sum]) => [name, weightRows(sum, weights)]));
  return createAttribution<T>({
    values: mirrorInput(model, given, values, options),
    target,
    scores,
    output,
    ...(delta === undefined ? {} : { convergenceDelta: delta }),
    provenance: provenanceOf(model, { ...found!, notes: [...notes] }, { method, rule: RULE, versions: { "@xdeep/relevance": VERSION } }),
  });
}

/** Σ R − (F(x) − F(x′)) per row. */
async function deltas(sums: readonly { readonly data: Float64Array }[], scores: Float32Array, atReference: Float64Array, pause: Pause): Promise<Float32Array> {
  const found = new Float32Array(scores.length);
  for (const [row, score] of scores.entries()) {
    let total = 0;
    for (const { data } of sums) {
      const size = data.length / scores.length;
      await inPieces(size, pause, (start, end) => {
        for (let i = row * size + start; i < row * size + end; i++) total += data[i]!;
      });
    }
    found[row] = total - (score - atReference[row]!);
  }
  return found;
}
