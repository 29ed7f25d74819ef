import type { ExplainOptions, FloatTensor, Input, Model, Rule, ScoreResult, TargetOption, TargetsOptions, Tensor, VjpResult } from "@xdeep/core";
import { XDeepError, isXDeepError } from "@xdeep/core";
import { checkExplainOptions, isFloatType, resolveInput, vjpRows } from "@xdeep/core/method";
import type { ResolvedInput, VjpRowsOptions } from "@xdeep/core/method";

import { type ChosenLayer, type LayerOptions, chooseLayer, unknownLayer } from "./layer-options.ts";

/** A layer's values and the gradient of the score there, for every row, from one run each that goes back no further than the layer. */
export interface AtLayer extends ScoreResult {
  readonly layer: ChosenLayer;
  /** h, [N, …]. */
  readonly values: FloatTensor;
  /** ∂F/∂h, the same dims. */
  readonly gradient: FloatTensor;
  readonly rectifiers: number;
  readonly notes: readonly string[];
  readonly input: ResolvedInput;
}

/**
 * Runs the network to the score and back to the layer, for each target; forward once for all where the backend can.
 *
 * @throws {XDeepError} the codes of `vjp`; CAPABILITY_MISSING, WRT_UNKNOWN for the layer
 */
export async function atLayer(
  model: Model,
  input: Input,
  targets: readonly (TargetOption | undefined)[],
  options: TargetsOptions,
  layerOptions: LayerOptions,
  rule: Rule = "standard",
): Promise<readonly AtLayer[]> {
  options.signal?.throwIfAborted();
  const resolved = await resolveInput(model, input, options.signal);
  checkExplainOptions(options, resolved.rows);
  const layer = await chooseLayer(model, layerOptions, options.output);
  const [target] = targets;
  if (targets.length === 1) return [await atLayerOf(model, resolved, { ...options, target }, layer, rule)];
  const result = await runAt(model, resolved, { ...options, targets: targets as readonly TargetOption[] }, layer, rule);
  return result.perTarget!.map((part) => partAt({ ...result, ...part }, resolved, layer));
}

/** The same for feeds that are resolved already, at a layer that is chosen. */
export async function atLayerOf(model: Model, resolved: ResolvedInput, options: ExplainOptions, layer: ChosenLayer, rule: Rule = "standard"): Promise<AtLayer> {
  return partAt(await runAt(model, resolved, options, layer, rule), resolved, layer);
}

async function runAt(
  model: Model,
  resolved: ResolvedInput,
  { target, targets, output, score, signal, onProgress }: Pick<VjpRowsOptions, "target" | "targets" | "output" | "score" | "signal" | "onProgress">,
  layer: ChosenLayer,
  rule: Rule,
): ReturnType<typeof vjpRows> {
  // A layer that is fed is not computed: its values are there.
  const outputs = resolved.feeds[layer.name] === undefined ? [layer.name] : [];
  const request = { target, targets, output, score, signal, onProgress, rule, outputs, wrt: [layer.name] };
  return vjpRows(model, resolved, request).catch(async (error: unknown) => {
    const isUnknown = isXDeepError(error, "WRT_UNKNOWN") || (isXDeepError(error, "OUTPUT_UNKNOWN") && error.message.includes(`"${layer.name}"`));
    if (!isUnknown) throw error;
    throw await unknownLayer(model, layer.name, error);
  });
}

function partAt({ outputs, gradients, notes = [], target, scores, output, score, rectifiers }: VjpResult, input: ResolvedInput, layer: ChosenLayer): AtLayer {
  const values = floats(input.feeds[layer.name] ?? outputs[layer.name]!, layer.name);
  return { target, scores, output, score, rectifiers, layer, values, gradient: gradients[layer.name]!, notes, input };
}

function floats(tensor: Tensor, layer: string): FloatTensor {
  if (tensor.type === "float32") return tensor;
  if (!isFloatType(tensor.type))
    throw new XDeepError("WRT_UNKNOWN", `Layer "${layer}" is ${tensor.type}; name one that holds floats.`, { details: { layer, type: tensor.type } });
  return { type: "float32", dims: tensor.dims, data: Float32Array.from(tensor.data as Float64Array) };
}
