import { type BaselineOption, checkOptionNames, describeBaseline, describedBaseline, resolveBaselines } from "@xdeep/core/method";
import { type MethodDescription, XDeepError } from "@xdeep/core";

import type { Metric } from "../metric.ts";
import { type AttributionForm, formOf } from "../subject/attribution-form.ts";
import { measureRows } from "../subject/measure-rows.ts";
import { floatInputs, movingInput } from "../subject/moving-input.ts";

export interface CompletenessOptions {
  /** x′; several are averaged. Default: the method's own where its description says a number, else 0. */
  readonly baseline?: BaselineOption | undefined;
  /** What A is. Default: known by the method's name. */
  readonly form?: AttributionForm | undefined;
}

const OPTIONS: readonly string[] = ["baseline", "form"] satisfies (keyof CompletenessOptions)[];

/**
 * Completeness: |Σ A − (F(x) − F(x′))| / |F(x) − F(x′)|. Lower is better, 0 where contributions add up. Null where the scores are equal and Σ A is not 0, and for
 * sensitivities, which are not meant to add up.
 *
 * It says whether numbers can be read as shares of the score, not whether they are the right shares.
 *
 * @throws {XDeepError} OPTION_INVALID where the method's baseline is a tensor, which its description does not hold; BASELINE_INVALID and the codes of `forward`
 * @see M. Sundararajan, A. Taly, Q. Yan (2017), Axiomatic Attribution for Deep Networks, arXiv:1703.01365
 */
export function completeness(options: CompletenessOptions = {}): Metric {
  const name = "completeness";
  checkOptionNames(name, options, OPTIONS);
  const { baseline, form } = options;
  return {
    name,
    better: "lower",
    parameters: { baseline: baseline === undefined ? null : describeBaseline(baseline), ...(form === undefined ? {} : { form }) },
    async measure(explained, control) {
      const { attribution, rows, values } = explained;
      const { method } = attribution.provenance;
      if (formOf(name, method, form) === "sensitivity") {
        return { values: Array.from({ length: rows }, () => null), notes: [`"${method.name}" gives sensitivities, which are not meant to add up.`] };
      }
      // What a layer's values add up to is the difference between the ends of a path in the input.
      const moving = attribution.layer === undefined ? await movingInput(explained, name, control.signal) : floatInputs(explained, name);
      const dims = Object.fromEntries(moving.parts.map((part) => [part.name, [rows, ...part.dims]]));
      const baselines = resolveBaselines(baseline ?? ownBaseline(name, method), dims);
      const points = baselines(0).length;
      const deltas = await measureRows(explained, moving, { ...control, points: points + 1 }, async ({ row, scores }) => {
        const starts = baselines(row);
        const found = await scores((k, entries) => {
          for (const part of moving.parts) if (k < points) entries.set(starts[k]![part.name]!, part.offset);
        });
        const atBaselines = found.subarray(0, points).reduce((sum, score) => sum + score, 0) / points;
        return found[points]! - atBaselines;
      });
      const sums = Array.from({ length: rows }, (_, row) => sumOfRow(Object.values(values), row, rows));
      return { values: deltas.map((difference, row) => (difference === 0 ? (sums[row] === 0 ? 0 : null) : Math.abs((sums[row]! - difference) / difference))) };
    },
  };
}

function sumOfRow(tensors: readonly { readonly data: Float32Array }[], row: number, rows: number): number {
  let sum = 0;
  for (const { data } of tensors) for (const value of data.subarray((row * data.length) / rows, ((row + 1) * data.length) / rows)) sum += value;
  return sum;
}

/** The baseline that a method's description holds: numbers, alone, by name or in a list. */
function ownBaseline(metric: string, { parameters, of }: MethodDescription): BaselineOption {
  const own = parameters["baseline"] ?? parameters["baselines"];
  if (own === undefined) return of === undefined ? 0 : ownBaseline(metric, of);
  const described = describedBaseline(own);
  if (described !== undefined) return described;
  throw new XDeepError("OPTION_INVALID", `${metric}: the method's baseline is a tensor, of which its description has the dims alone. Pass \`baseline\`.`, {
    details: { metric, option: "baseline" },
  });
}
