import { XDeepError } from "@xdeep/core";

import type { Measurement, MeasureOptions, Metric, Subject } from "./metric.ts";
import { explainSubject } from "./subject/explained.ts";

/**
 * Measures one explanation, by as many metrics as are named; it is made once, where it is not there yet.
 *
 * @throws {XDeepError} INPUT_NOT_FINITE for an attribution with NaN or infinity; INPUT_SHAPE where it does not fit the input or the mask; OPTION_INVALID where
 *   a metric lacks something, such as the model or the mask; RESULT_NOT_FINITE where a value overflows; and the codes of the method
 * @example
 * const { deletion: found } = await measure({ input: image, method: gradCam(model) }, { deletion: deletion() });
 */
export async function measure<M extends Readonly<Record<string, Metric>>>(
  subject: Subject,
  metrics: M,
  options: MeasureOptions = {},
): Promise<{ readonly [K in keyof M]: Measurement }> {
  const explained = await explainSubject(subject, options);
  const found: Record<string, Measurement> = {};
  for (const [name, metric] of Object.entries(metrics)) {
    options.signal?.throwIfAborted();
    const { parameters, better } = metric;
    const measured = await metric.measure(explained, options);
    const row = measured.values.findIndex((value) => value !== null && !Number.isFinite(value));
    if (row >= 0) throw notFinite(metric.name, row, measured.values[row]!);
    found[name] = { metric: metric.name, better, parameters, ...measured };
  }
  return found as { readonly [K in keyof M]: Measurement };
}

function notFinite(metric: string, row: number, value: number): XDeepError {
  return new XDeepError("RESULT_NOT_FINITE", `${metric} is ${value} in row ${row}: the attribution is out of scale with the input.`, {
    details: { metric, row },
  });
}
