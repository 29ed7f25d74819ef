import { type Attribution, type Explainer, type FloatTensor, type Input, type Model, XDeepError, fromJSON, isTensor } from "@xdeep/core";
import { type ResolvedInput, checkOptionNames, firstNonFinite, isFloatType, resolveInput } from "@xdeep/core/method";

import type { Explained, MeasureOptions, Method, Subject } from "../metric.ts";
import { needed } from "../options.ts";

const SUBJECT_FIELDS = ["input", "attribution", "method", "model", "wrt", "mask", "target", "output", "score"] as const satisfies readonly (keyof Subject)[];

/**
 * The subject with its explanation, made where it is not there yet, and checked.
 *
 * @throws {XDeepError} INPUT_NOT_FINITE, INPUT_SHAPE, OPTION_INVALID, and the codes of the method
 */
export async function explainSubject(subject: Subject, { signal }: MeasureOptions): Promise<Explained> {
  checkOptionNames("measure", subject, SUBJECT_FIELDS);
  signal?.throwIfAborted();
  const { input, method, mask } = subject;
  const model = subject.model ?? (typeof method === "function" ? undefined : method?.model);
  const attribution = subject.attribution === undefined ? await explain(subject, model, signal) : readAttribution(subject.attribution);
  const { target, output, layer, provenance } = attribution;
  const feeds = model === undefined || input === undefined ? undefined : await resolveInput(model, input, signal);
  const values = named(attribution, model, feeds, subject.wrt);
  checkValues(values, target.length, feeds);
  const wrt = subject.wrt ?? (isTensor(attribution.values) || layer !== undefined ? undefined : Object.keys(values));
  return { rows: target.length, attribution, values, model, input, feeds, method, mask, request: { target, output, score: provenance.score, wrt } };
}

/** The explainer of a method for this model. */
export function explainerFor(method: Method, model: Model): Explainer {
  return typeof method === "function" ? method(model) : method;
}

async function explain({ input, method, target, output, score, wrt }: Subject, model: Model | undefined, signal?: AbortSignal): Promise<Attribution<Input>> {
  const given = needed("measure", "attribution", method, "or a `method` that explains `input`");
  const explainer = typeof given === "function" ? given(needed("measure", "model", model, "the method is a function of it")) : given;
  return explainer.explain(needed("measure", "input", input, "it is what `method` explains"), { target, output, score, wrt, signal });
}

function readAttribution(given: NonNullable<Subject["attribution"]>): Attribution<Input> {
  return typeof given === "string" || "format" in given ? fromJSON(given) : given;
}

/** Values by the names of what they belong to: a bare tensor belongs to the layer, or to the float input whose dims it has. */
function named(
  { values, layer }: Attribution<Input>,
  model: Model | undefined,
  feeds: ResolvedInput | undefined,
  wrt: readonly string[] | undefined,
): Readonly<Record<string, FloatTensor>> {
  if (!isTensor(values)) return values as Readonly<Record<string, FloatTensor>>;
  const tensor = values as FloatTensor;
  const input = wrt?.[0] ?? model?.defaultWrt?.[0] ?? model?.inputs.find(({ type }) => isFloatType(type))?.name ?? "input";
  const isOfInput = layer === undefined || String(feeds?.feeds[input]?.dims) === String(tensor.dims);
  return { [isOfInput ? input : layer]: tensor };
}

function checkValues(values: Readonly<Record<string, FloatTensor>>, rows: number, feeds: ResolvedInput | undefined): void {
  for (const [name, tensor] of Object.entries(values)) {
    const index = firstNonFinite(tensor);
    if (index >= 0) {
      throw new XDeepError("INPUT_NOT_FINITE", `The attribution to "${name}" is ${tensor.data[index]} at element ${index}; it cannot be measured.`, {
        details: { value: name, index },
      });
    }
    if (tensor.dims[0] === rows && (feeds === undefined || feeds.rows === rows)) continue;
    throw new XDeepError(
      "INPUT_SHAPE",
      `The attribution to "${name}" has dims [${tensor.dims.join(", ")}], for ${rows} targets${feeds === undefined ? "" : ` and ${feeds.rows} rows of input`}. Measure attributions that were made of this input, without \`weights\`.`,
      { details: { value: name, dims: tensor.dims, rows, inputRows: feeds?.rows ?? null } },
    );
  }
}
