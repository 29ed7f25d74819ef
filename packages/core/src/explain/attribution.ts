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

/** What encoding needs of Node's Buffer. */
interface NodeBuffers {
  from(memory: ArrayBufferLike, offset: number, length: number): { toString(encoding: "base64"): string };
}

/** Base64 of little-endian float32. */
function encode(values: Float32Array): string {
  const bytes = littleEndian(values);
  const { Buffer } = globalThis as { readonly Buffer?: NodeBuffers };
  // Node's takes a hundredth of the time that text by text takes.
  if (Buffer !== undefined) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  let text = "";
  // In parts, because a call takes a limited number of arguments.
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}

/** The bytes of the array itself, or on the few machines of the other order a copy with the bytes turned. */
function littleEndian(values: Float32Array): Uint8Array {
  const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  if (isLittle) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return new Uint8Array(view.buffer);
}

function decode(text: string): Float32Array {
  const characters = atob(text);
  if (characters.length % 4 !== 0) throw new RangeError(`${characters.length} bytes are no float32 values.`);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return new Float32Array(littleEndian(new Float32Array(bytes.buffer)).buffer);
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
