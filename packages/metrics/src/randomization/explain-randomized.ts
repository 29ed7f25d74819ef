import { type Explainer, type Model, XDeepError } from "@xdeep/core";

import type { Explained, MeasureOptions } from "../metric.ts";
import { needed } from "../options.ts";
import { rowsOf, valuesByName } from "../subject/row-values.ts";

/** The attribution of every row as another model has it, the target kept. */
export async function explainRandomized(
  explained: Explained,
  metric: string,
  model: Model,
  { signal }: MeasureOptions,
  wrap: (explainer: Explainer) => Explainer = (explainer) => explainer,
): Promise<readonly Float64Array[]> {
  const input = needed(metric, "input", explained.input, "it explains again, by a model whose weights are permuted");
  const method = needed(metric, "method", explained.method, "it explains again, by a model whose weights are permuted");
  if (typeof method !== "function") {
    throw new XDeepError(
      "OPTION_INVALID",
      `${metric} explains by another model, and an explainer has its own: pass \`method\` as a function, such as (model) => new Backprop(model), and \`model\`.`,
      { details: { metric, option: "method" } },
    );
  }
  const attribution = await wrap(method(model)).explain(input, { ...explained.request, signal });
  return rowsOf(valuesByName(attribution), explained.rows);
}
