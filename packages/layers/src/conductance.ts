import type { Attribution, ExplainOptions, Explainer, Input, MethodDescription, Model } from "@xdeep/core";
import { checkContract, checkOptionNames } from "@xdeep/core/method";

import { PATH_OPTIONS, type PathOptions, checkSteps, forEachRow, joinEnds, stackRows } from "./input-path.ts";
import { layerAttribution } from "./layer-method.ts";
import { weighted } from "./weighted-rows.ts";

export interface ConductanceOptions extends PathOptions {
  /** Take the gradient at the left end of each step alone, as Captum does: an error of the order 1/n, not 1/n². Default false. */
  readonly left?: boolean | undefined;
}

/**
 * Layer conductance: ∫ ∂F/∂h ⊙ dh along the straight path from x′ to x, as Σᵢ gᵢ ⊙ (h(xᵢ₊₁) − h(xᵢ)) with gᵢ the mean of ∂F/∂h at both ends. Its sum at any
 * layer that every path passes is F(x) − F(x′); `convergenceDelta` says by how much it is not.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID, WRT_UNKNOWN, CAPABILITY_MISSING and the codes of `vjp`
 * @see K. Dhamdhere, M. Sundararajan, Q. Yan (2018), How Important Is a Neuron?, arXiv:1805.12233
 */
export function conductance(model: Model, options: ConductanceOptions = {}): Explainer {
  checkContract(model);
  checkOptionNames("conductance", options, [...PATH_OPTIONS, "left"]);
  const n = checkSteps("conductance", options);
  const { left = false, layer } = options;
  const method: MethodDescription = { name: "conductance", parameters: { n, left, ...(layer === undefined ? {} : { layer }) } };
  return { model, method, explain: (input, call) => explainPath(model, options, n, method, input, call ?? {}) };
}

async function explainPath<T extends Input>(
  model: Model,
  options: ConductanceOptions,
  n: number,
  method: MethodDescription,
  input: Input,
  call: ExplainOptions,
): Promise<Attribution<T>> {
  const { rows, ends, resolved } = await forEachRow(model, input, call, options, async ({ at }) => {
    const { values: h, gradient: g, scores } = await at(Array.from({ length: n + 1 }, (_, k) => k / n));
    const size = h.data.length / (n + 1);
    const sum = new Float64Array(size);
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < size; i++) {
        const [here, next] = [k * size + i, (k + 1) * size + i];
        const slope = options.left === true ? g.data[here]! : (g.data[here]! + g.data[next]!) / 2;
        sum[i] = sum[i]! + slope * (h.data[next]! - h.data[here]!);
      }
    }
    return { sum, delta: sum.reduce((total, value) => total + value, 0) - (scores[n]! - scores[0]!) };
  });
  const values = stackRows(
    rows.map(({ sum }) => sum),
    ends[0]!.values,
  );
  return layerAttribution<T>(
    model,
    input,
    joinEnds(ends, resolved),
    weighted(values, call.weights),
    method,
    "standard",
    Float32Array.from(rows, ({ delta }) => delta),
  );
}
