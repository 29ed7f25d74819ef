import type { Attribution, ExplainOptions, Explainer, Input, MethodDescription, Model } from "@xdeep/core";
import { checkContract, checkOptionNames } from "@xdeep/core/method";

import { PATH_OPTIONS, type PathOptions, checkSteps, forEachRow, joinEnds, midpoints, stackRows } from "./input-path.ts";
import { layerAttribution } from "./layer-method.ts";
import { weighted } from "./weighted-rows.ts";

/**
 * Internal influence: the mean of ∂F/∂h over the straight path from x′ to x, with the layer's dims.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID, WRT_UNKNOWN, CAPABILITY_MISSING and the codes of `vjp`
 * @see K. Leino et al. (2018), Influence-Directed Explanations for Deep Convolutional Networks, arXiv:1802.03788
 */
export function internalInfluence(model: Model, options: PathOptions = {}): Explainer {
  checkContract(model);
  checkOptionNames("internalInfluence", options, PATH_OPTIONS);
  const n = checkSteps("internalInfluence", options);
  const method: MethodDescription = { name: "internal-influence", parameters: { n, ...(options.layer === undefined ? {} : { layer: options.layer }) } };
  return { model, method, explain: (input, call) => explainPath(model, options, n, method, input, call ?? {}) };
}

async function explainPath<T extends Input>(
  model: Model,
  options: PathOptions,
  n: number,
  method: MethodDescription,
  input: Input,
  call: ExplainOptions,
): Promise<Attribution<T>> {
  const { rows, ends, resolved } = await forEachRow(model, input, call, options, async ({ at }) => {
    const { gradient } = await at(midpoints(n));
    const size = gradient.data.length / n;
    const mean = new Float64Array(size);
    gradient.data.forEach((value, i) => (mean[i % size] = mean[i % size]! + value / n));
    return mean;
  });
  return layerAttribution<T>(model, input, joinEnds(ends, resolved), weighted(stackRows(rows, ends[0]!.values), call.weights), method);
}
