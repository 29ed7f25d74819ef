import { type Attribution, type AttributionJSON, type FloatTensor, type Input, XDeepError, fromJSON, isTensor, sizeOf, sliceRows } from "@xdeep/core";
import { type AttributionMap, reduceChannels, requireFinite } from "../values/attribution-map.ts";

/** An attribution as methods give it, as JSON, or as the text of it. */
export type AttributionSource = Attribution<Input> | AttributionJSON | string;

/** How an attribution can be seen: over a picture, over words in a line, or as a bar for each feature. */
export type ViewKind = "picture" | "words" | "bars";

/** One row of an attribution, a value for each place. */
export interface AttributionView {
  readonly kind: ViewKind;
  /** What speaks for and against the target: Σa over channels. Words and bars are a map one high. */
  readonly signed: AttributionMap;
  /** How much each place counts: Σ|a| over channels, or |Σa| of more than four. */
  readonly unsigned: AttributionMap;
}

export interface ViewOptions {
  /** Row of the batch. Default 0. */
  readonly row?: number | undefined;
  /** Which value, where the attribution is a record. Default: the first. */
  readonly value?: string | undefined;
  /** Names of words or features: as many as there are values make the attribution one of words or bars. */
  readonly names?: readonly string[] | undefined;
  /** Default: a picture where there are two axes of more than one place, words where there are names for the rows of a longer axis, bars otherwise. */
  readonly kind?: ViewKind | undefined;
  /** Order of the axes of a picture. Default: inferred, as `reduceChannels` does. */
  readonly layout?: "NCHW" | "NHWC" | undefined;
}

/** @throws {XDeepError} OPTION_INVALID for what is no attribution */
export function readAttribution(source: AttributionSource): Attribution<Input> {
  return typeof source === "object" && source !== null && "values" in source && !("format" in source) ? source : fromJSON(source);
}

/**
 * The values that are to be seen.
 *
 * @throws {XDeepError} OPTION_INVALID for a row or a value that is not there; RESULT_NOT_FINITE for NaN or infinity
 */
export function viewOf(attribution: Attribution<Input>, options: ViewOptions = {}): AttributionView {
  const tensor = oneRow(valueNamed(attribution, options.value), options.row ?? 0);
  const places = options.names?.length;
  const kind = options.kind ?? kindOf(tensor.dims.slice(1), places);
  if (kind === "picture") {
    const picture = { ...tensor, dims: tensor.dims.length === 3 ? tensor.dims.slice(1) : tensor.dims };
    const { layout } = options;
    return { kind, signed: reduceChannels(picture, { layout, reduce: "sum" }), unsigned: reduceChannels(picture, { layout }) };
  }
  const signed = line(tensor, places);
  return { kind, signed, unsigned: { ...signed, data: signed.data.map(Math.abs) } };
}

function valueNamed({ values }: Attribution<Input>, name: string | undefined): FloatTensor {
  if (isTensor(values)) return values as FloatTensor;
  const names = Object.keys(values);
  const found = (values as Readonly<Record<string, FloatTensor>>)[name ?? names[0]!];
  if (found !== undefined) return found;
  throw new XDeepError("OPTION_INVALID", `This attribution has no value "${name}". It has ${names.join(", ")}.`, { details: { value: name, names } });
}

function oneRow(tensor: FloatTensor, row: number): FloatTensor {
  const rows = tensor.dims[0] ?? 1;
  if (Number.isInteger(row) && row >= 0 && row < rows) return sliceRows(tensor, row, row + 1);
  throw new XDeepError("OPTION_INVALID", `This attribution has rows 0 to ${rows - 1}; got ${row}.`, { details: { row, rows } });
}

function kindOf(dims: readonly number[], names: number | undefined): ViewKind {
  if (names !== undefined && names === dims[0] && dims.length === 2) return "words";
  if (names !== undefined && names === sizeOf(dims)) return "bars";
  return dims.length >= 2 && dims.length <= 3 && dims.filter((length) => length > 1).length >= 2 ? "picture" : "bars";
}

/** A value for each place: what lies behind the first axis, such as the entries of an embedding, is summed. */
function line({ dims, data }: FloatTensor, places: number | undefined): AttributionMap {
  requireFinite(data, dims);
  const width = places !== undefined && places > 0 && data.length % places === 0 ? places : dims.length === 3 ? dims[1]! : data.length;
  const each = data.length / width;
  return {
    width,
    height: 1,
    data: new Float64Array(width).map((_, at) => data.subarray(at * each, (at + 1) * each).reduce((sum, value) => sum + value, 0)),
  };
}
