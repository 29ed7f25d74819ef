import { XDeepError } from "../errors/error.ts";
import type { Attribution, AttributionJSON, Mirrored, Provenance, TensorJSON } from "../contract/explainer.ts";
import type { Model, VjpResult } from "../contract/model.ts";
import { isTensor, sizeOf } from "../tensors/tensor.ts";
import type { FloatTensor, Input } from "../tensors/tensor.ts";
import { VERSION } from "../version.ts";

const FORMAT = "xdeep.attribution/1";

/** What an attribution holds, whatever the form of its input. */
export type AttributionFields = Omit<Attribution<Input>, "toJSON">;

/** An attribution of these fields. `toJSON` is not enumerable, so that attributions can be compared, cloned and passed between threads. */
export function createAttribution<I extends Input>(fields: AttributionFields): Attribution<I> {
  return Object.defineProperty({ ...fields }, "toJSON", { value: () => toJSON(fields), enumerable: false }) as unknown as Attribution<I>;
}

/** Where an attribution comes from that a method makes of the model's own gradients; `versions` are those of further packages that took part. */
export function provenanceOf(
  { backend, engine, versions }: Pick<Model, "backend" | "engine" | "versions">,
  { rectifiers, score, notes = [] }: Pick<VjpResult, "rectifiers" | "score" | "notes">,
  own: Pick<Provenance, "method" | "rule" | "versions">,
): Provenance {
  return {
    method: own.method,
    rule: own.rule,
    rectifiers,
    ...(notes.length === 0 ? {} : { notes }),
    score,
    backend,
    engine,
    versions: { ...versions, "@xdeep/core": VERSION, ...own.versions },
  };
}

/**
 * The attribution that `toJSON` or `JSON.stringify` wrote, bit for bit.
 *
 * @param json an `AttributionJSON`, or the text of one
 * @throws {XDeepError} OPTION_INVALID for anything else
 */
export function fromJSON(json: AttributionJSON | string): Attribution<Input> {
  const { format: _format, values, scores, convergenceDelta, ...rest } = parse(json);
  try {
    return createAttribution<Input>({
      ...rest,
      values: (isTensorJSON(values) ? readTensor(values) : mapValues(values, readTensor)) as Mirrored<Input>,
      scores: decode(scores),
      ...(convergenceDelta === undefined ? {} : { convergenceDelta: decode(convergenceDelta) }),
    });
  } catch (cause) {
    throw new XDeepError("OPTION_INVALID", "The JSON of this attribution is damaged: its numbers are no base64 of float32 values, or too few of them.", {
      cause,
    });
  }
}

function toJSON({ values, scores, convergenceDelta, ...rest }: AttributionFields): AttributionJSON {
  return {
    format: FORMAT,
    ...rest,
    values: isTensor(values) ? writeTensor(values as FloatTensor) : mapValues(values as Readonly<Record<string, FloatTensor>>, writeTensor),
    scores: encode(scores),
    ...(convergenceDelta === undefined ? {} : { convergenceDelta: encode(convergenceDelta) }),
  };
}

function parse(json: AttributionJSON | string): AttributionJSON {
  let value: unknown;
  try {
    value = typeof json === "string" ? JSON.parse(json) : json;
  } catch (cause) {
    throw new XDeepError("OPTION_INVALID", "This text is no JSON. Pass what JSON.stringify(attribution) gave.", { cause });
  }
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (format === FORMAT) return value as AttributionJSON;
  throw new XDeepError("OPTION_INVALID", `This JSON is no attribution: its format is ${JSON.stringify(format) ?? "missing"}, expected "${FORMAT}".`, {
    details: { format, expected: FORMAT },
  });
}

function isTensorJSON(values: AttributionJSON["values"]): values is TensorJSON {
  return Array.isArray((values as TensorJSON).dims);
}

function writeTensor({ type, dims, data }: FloatTensor): TensorJSON {
  return { type, dims, data: encode(data) };
}

function readTensor({ dims, data }: TensorJSON): FloatTensor {
  const values = decode(data);
  if (values.length !== sizeOf(dims)) throw new RangeError(`Dims [${dims.join(", ")}] do not hold ${values.length} values.`);
  return { type: "float32", dims, data: values };
}

/** Long texts are put together in parts, because a call takes a limited number of arguments. */
function encode(values: Float32Array): string {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}

function decode(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are no float32 values.`);
  return new Float32Array(bytes.length / 4).map((_, i) => view.getFloat32(i * 4, true));
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
