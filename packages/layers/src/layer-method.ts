import type { Attribution, Explainer, FloatTensor, Input, MethodDescription, Model, Rule, TargetOption, TargetsOptions } from "@xdeep/core";
import { isTensor } from "@xdeep/core";
import {
  type Pause,
  checkContract,
  checkOptionNames,
  createAttribution,
  explainerOfTargets,
  pauses,
  provenanceOf,
  resizeToInput,
  runEach,
  weightRows,
} from "@xdeep/core/method";

import { type AtLayer, atLayer } from "./at-layer.ts";
import { LAYER_OPTIONS, MAP_OPTIONS, type MapOptions, channelAxisOf } from "./layer-options.ts";
import { VERSION } from "./version.ts";

/** What a method makes of a layer's values h and the gradient g there. */
export interface LayerFormula {
  /** "grad-cam", "layer-cam", … */
  readonly name: string;
  /** The map [N, 1, …] or an attribution with the layer's dims. */
  map(h: FloatTensor, g: FloatTensor, channelAxis: number, pause: Pause): Promise<FloatTensor>;
  /** Maps have one channel and can be enlarged to the input's size; attributions to the layer cannot. */
  readonly isMap: boolean;
  readonly rule?: Rule;
}

/**
 * A method that follows from a layer's values and the gradient there by a formula: one run forward and one back that stops at the layer.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` the codes of `vjp`, CAPABILITY_MISSING and WRT_UNKNOWN for the layer
 */
export function layerMethod(model: Model, options: MapOptions, formula: LayerFormula): Explainer {
  checkContract(model);
  checkOptionNames(formula.name, options, formula.isMap ? MAP_OPTIONS : LAYER_OPTIONS);
  const { size, ...named } = options;
  const method: MethodDescription = { name: formula.name, parameters: { ...named, ...(size === undefined ? {} : { size }) } };
  return explainerOfTargets(model, method, (input, targets, call) => explainLayer(model, options, formula, method, input, targets, call));
}

async function explainLayer<T extends Input>(
  model: Model,
  options: MapOptions,
  formula: LayerFormula,
  method: MethodDescription,
  input: Input,
  targets: readonly (TargetOption | undefined)[],
  call: TargetsOptions,
): Promise<readonly Attribution<T>[]> {
  const found = await atLayer(model, input, targets, call, options, formula.rule);
  return runEach(found, call.signal, async (at) => {
    const map = await formula.map(at.values, at.gradient, channelAxisOf(at.layer, at.values), pauses(call.signal));
    const sized = options.size === "input" ? resizeToInput(model, at.input, map, channelAxisOf(at.layer, at.values)) : map;
    return layerAttribution<T>(model, input, at, weightRows(sized, call.weights), method, formula.rule ?? "standard");
  });
}

/** An attribution to a layer: one tensor where one came in, a record by the layer's name else. */
export function layerAttribution<T extends Input>(
  model: Model,
  input: Input,
  at: Omit<AtLayer, "values" | "gradient" | "input">,
  values: FloatTensor,
  method: MethodDescription,
  rule: Rule = "standard",
  convergenceDelta?: Float32Array,
): Attribution<T> {
  const { layer, target, scores, output } = at;
  const described = { ...method, parameters: { ...method.parameters, layer: layer.name } };
  return createAttribution<T>({
    values: isTensor(input) ? values : { [layer.name]: values },
    target,
    scores,
    output,
    layer: layer.name,
    ...(convergenceDelta === undefined ? {} : { convergenceDelta }),
    provenance: provenanceOf(model, at, { method: described, rule, versions: { "@xdeep/layers": VERSION } }),
  });
}
