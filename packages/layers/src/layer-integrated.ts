import type { Attribution, ExplainOptions, Explainer, FloatTensor, Input, MethodDescription, Model, Tensor } from "@xdeep/core";
import { checkContract, checkOptionNames, repeatFeeds, sharedInputs } from "@xdeep/core/method";

import { atLayerOf } from "./at-layer.ts";
import { PATH_OPTIONS, type PathOptions, checkSteps, forEachRow, joinEnds, midpoints, stackRows } from "./input-path.ts";
import { layerAttribution } from "./layer-method.ts";
import { weighted } from "./weighted-rows.ts";

/**
 * Layer integrated gradients: (h − h′) ⊙ the mean of ∂F/∂h on the straight path in the layer from h′ = h(x′) to h = h(x). The network runs from the layer on.
 * Its sum is F(x) − F(x′) where all that reaches the score passes the layer; `convergenceDelta` says by how much it is not.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID, WRT_UNKNOWN, CAPABILITY_MISSING and the codes of `vjp`
 * @see M. Sundararajan, A. Taly, Q. Yan (2017), Axiomatic Attribution for Deep Networks, arXiv:1703.01365
 */
export function layerIntegrated(model: Model, options: PathOptions = {}): Explainer {
  checkContract(model);
  checkOptionNames("layerIntegrated", options, PATH_OPTIONS);
  const n = checkSteps("layerIntegrated", options);
  const method: MethodDescription = { name: "layer-integrated", parameters: { n, ...(options.layer === undefined ? {} : { layer: options.layer }) } };
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
  const { target: _target, onProgress: _progress, weights, ...inner } = call;
  const { rows, ends, resolved } = await forEachRow(model, input, call, options, async ({ end, at }) => {
    const start = await at([0]);
    const [h, from] = [end.values.data, start.values.data];
    const points = { ...repeatFeeds(end.input.feeds, n, sharedInputs(model.inputs)), [end.layer.name]: between(start.values, end.values, midpoints(n)) };
    const { gradient } = await atLayerOf(model, { feeds: points, rows: n }, { ...inner, target: end.target[0]! }, end.layer);
    const sum = new Float64Array(h.length);
    gradient.data.forEach((value, i) => (sum[i % h.length] = sum[i % h.length]! + value / n));
    const products = sum.map((value, i) => value * (h[i]! - from[i]!));
    return { products, delta: products.reduce((total, value) => total + value, 0) - (end.scores[0]! - start.scores[0]!) };
  });
  const values = stackRows(
    rows.map(({ products }) => products),
    ends[0]!.values,
  );
  return layerAttribution<T>(
    model,
    input,
    joinEnds(ends, resolved),
    weighted(values, weights),
    method,
    "standard",
    Float32Array.from(rows, ({ delta }) => delta),
  );
}

/** h′ + α (h − h′) for every α, [alphas, …]. */
function between(start: FloatTensor, end: FloatTensor, alphas: readonly number[]): Tensor {
  const size = end.data.length;
  const data = new Float32Array(alphas.length * size);
  alphas.forEach((alpha, k) => end.data.forEach((value, i) => (data[k * size + i] = start.data[i]! + alpha * (value - start.data[i]!))));
  return { type: "float32", dims: [alphas.length, ...end.dims.slice(1)], data };
}
