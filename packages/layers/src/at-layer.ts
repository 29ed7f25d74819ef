import type { ExplainOptions, FloatTensor, Input, Model, Rule, Target, Tensor } from "@xdeep/core";
import { XDeepError, isXDeepError } from "@xdeep/core";
import {
  batchSize,
  betweenRuns,
  checkExplainOptions,
  concatRows,
  expandTargets,
  isFloatType,
  resolveInput,
  resolveOutput,
  sharedInputs,
  sliceFeeds,
  splitRows,
} from "@xdeep/core/method";
import type { ResolvedInput } from "@xdeep/core/method";

import { type ChosenLayer, type LayerOptions, chooseLayer, unknownLayer } from "./layer-options.ts";

/** A layer's values and the gradient of the score there, for every row, from one run each that goes back no further than the layer. */
export interface AtLayer {
  readonly layer: ChosenLayer;
  /** h, [N, …]. */
  readonly values: FloatTensor;
  /** ∂F/∂h, the same dims. */
  readonly gradient: FloatTensor;
  readonly target: readonly Target[];
  readonly scores: Float32Array;
  readonly output: string;
  readonly rectifiers: number;
  readonly notes: readonly string[];
  readonly score: "logit" | "probability";
  readonly input: ResolvedInput;
}

/**
 * Runs the network to the score and back to the layer.
 *
 * @throws {XDeepError} the codes of `vjp`; CAPABILITY_MISSING, WRT_UNKNOWN for the layer
 */
export async function atLayer(model: Model, input: Input, options: ExplainOptions, layerOptions: LayerOptions, rule: Rule = "standard"): Promise<AtLayer> {
  options.signal?.throwIfAborted();
  const resolved = resolveInput(model, input);
  checkExplainOptions(options, resolved.rows);
  const layer = await chooseLayer(model, layerOptions, options.output);
  return atLayerOf(model, resolved, options, layer, rule);
}

/** The same for feeds that are resolved already, at a layer that is chosen. */
export async function atLayerOf(model: Model, resolved: ResolvedInput, options: ExplainOptions, layer: ChosenLayer, rule: Rule = "standard"): Promise<AtLayer> {
  const { output, score, signal, onProgress } = options;
  const { feeds, rows } = resolved;
  const targets = expandTargets(options.target, rows);
  const shared = sharedInputs(model.inputs);
  const chunks = splitRows(rows, batchSize(model.capabilities));
  // A layer that is fed is not computed: its values are there.
  const fed = feeds[layer.name];
  const outputs = [...new Set([output ?? resolveOutput(model.outputs).name, ...(fed === undefined ? [layer.name] : [])])];
  const results = [];
  for (const { start, end } of chunks) {
    if (results.length > 0) await betweenRuns(signal);
    const wanted = targets.slice(start, end);
    const request = { feeds: sliceFeeds(feeds, { start, end }, shared), output, outputs, score, rule, wrt: [layer.name], signal };
    const target = wanted.every((each) => each === null) ? null : (wanted as readonly Target[]);
    results.push(
      await model.vjp({ ...request, target }).catch(async (error: unknown) => {
        const isUnknown = isXDeepError(error, "WRT_UNKNOWN") || (isXDeepError(error, "OUTPUT_UNKNOWN") && error.message.includes(`"${layer.name}"`));
        throw isUnknown ? await unknownLayer(model, layer.name, error) : error;
      }),
    );
    onProgress?.({ done: results.length, total: chunks.length });
  }
  const [first] = results as [(typeof results)[0]];
  return {
    layer,
    values: floats(fed ?? concatRows(results.map((result) => result.outputs[layer.name]!)), layer.name),
    gradient: concatRows(results.map((result) => result.gradients[layer.name]!)),
    target: results.flatMap((result) => result.target),
    scores: Float32Array.from(results.flatMap((result) => [...result.scores])),
    output: first.output,
    rectifiers: first.rectifiers,
    notes: [...new Set(results.flatMap((result) => result.notes ?? []))],
    score: first.score,
    input: resolved,
  };
}

function floats(tensor: Tensor, layer: string): FloatTensor {
  if (tensor.type === "float32") return tensor;
  if (!isFloatType(tensor.type))
    throw new XDeepError("WRT_UNKNOWN", `Layer "${layer}" is ${tensor.type}; name one that holds floats.`, { details: { layer, type: tensor.type } });
  return { type: "float32", dims: tensor.dims, data: Float32Array.from(tensor.data as Float64Array) };
}
