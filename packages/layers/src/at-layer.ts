import type { ExplainOptions, FloatTensor, Input, Model, Rule, ScoreResult, Tensor } from "@xdeep/core";
import { XDeepError, isXDeepError } from "@xdeep/core";
import { checkExplainOptions, isFloatType, resolveInput, vjpRows } from "@xdeep/core/method";
import type { ResolvedInput } from "@xdeep/core/method";

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
  const { target, output, score, signal, onProgress } = options;
  // A layer that is fed is not computed: its values are there.
  const fed = resolved.feeds[layer.name];
  const request = { target, output, score, signal, onProgress, rule, outputs: fed === undefined ? [layer.name] : [], wrt: [layer.name] };
  const {
    outputs,
    gradients,
    notes = [],
    ...result
  } = await vjpRows(model, resolved, request).catch(async (error: unknown) => {
    const isUnknown = isXDeepError(error, "WRT_UNKNOWN") || (isXDeepError(error, "OUTPUT_UNKNOWN") && error.message.includes(`"${layer.name}"`));
    throw isUnknown ? await unknownLayer(model, layer.name, error) : error;
  });
  return { ...result, layer, values: floats(fed ?? outputs[layer.name]!, layer.name), gradient: gradients[layer.name]!, notes, input: resolved };
}

function floats(tensor: Tensor, layer: string): FloatTensor {
  if (tensor.type === "float32") return tensor;
  if (!isFloatType(tensor.type))
    throw new XDeepError("WRT_UNKNOWN", `Layer "${layer}" is ${tensor.type}; name one that holds floats.`, { details: { layer, type: tensor.type } });
  return { type: "float32", dims: tensor.dims, data: Float32Array.from(tensor.data as Float64Array) };
}
