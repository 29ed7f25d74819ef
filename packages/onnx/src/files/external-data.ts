import { XDeepError, sizeOf } from "@xdeep/core";
import { checkLocation, normalizeLocation } from "@xdeep/core/backend";
import { checkedDims } from "../check/validate-tensor.ts";
import { bitsPerElement } from "./data-type.ts";
import { type ModelProto, type TensorProto, TensorProto_DataLocation } from "../gen/onnx_pb.ts";
import { mapTensors, tensorsOf } from "../graphs/map-tensors.ts";
import { withFields, withoutFields } from "../graphs/with-fields.ts";

/** Where the elements of a tensor lie outside the model. */
export interface ExternalReference {
  /** Path relative to the model's folder, with forward slashes. */
  readonly location: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** The files beside the model that hold its larger weights, as paths relative to its folder; empty for most models. */
export function externalDataFiles(model: ModelProto): readonly string[] {
  return [...new Set(externalTensors(model).map((tensor) => externalReference(tensor).location))];
}

/**
 * A model whose weights outside the file are read from `files`, by the paths that the model gives (`externalDataFiles`). The weights are views on
 * the files' bytes. A model without such weights is returned as it is.
 *
 * @throws {XDeepError} EXTERNAL_DATA_MISSING when a file is not given; MODEL_INVALID when one is too short, or a path leaves the model's folder.
 */
export function resolveExternalData(model: ModelProto, files: Readonly<Record<string, Uint8Array>>): ModelProto {
  const byLocation = new Map(Object.entries(files).map(([location, bytes]) => [normalizeLocation(location), bytes]));
  const tensors = externalTensors(model);
  for (const [location, inFile] of byFile(tensors)) checkRanges(inFile, byLocation.get(location)?.length ?? Infinity);
  return withExternalData(model, new Map(tensors.map((tensor) => [tensor, sliceOf(tensor, byLocation)])));
}

function sliceOf(tensor: TensorProto, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const { location, offset, length } = externalReference(tensor);
  const bytes = files.get(location);
  if (bytes === undefined)
    throw missingExternalFile(tensor, location, `Given are ${files.size === 0 ? "no files" : [...files.keys()].join(", ")}. Pass its bytes under that name.`);
  return bytes.subarray(offset, offset + length);
}

/** External tensors by the file that they lie in. */
export function byFile(tensors: readonly TensorProto[]): ReadonlyMap<string, readonly TensorProto[]> {
  const files = new Map<string, TensorProto[]>();
  for (const tensor of tensors) {
    const { location } = externalReference(tensor);
    const list = files.get(location);
    if (list === undefined) files.set(location, [tensor]);
    else list.push(tensor);
  }
  return files;
}

/**
 * Checks the tensors of one file: each ends inside, and together they are no more than the file. Tensors that are one and the same count once.
 *
 * @throws {XDeepError} MODEL_INVALID
 */
export function checkRanges(tensors: readonly TensorProto[], size: number): void {
  const ranges = new Map<string, number>();
  for (const tensor of tensors) {
    const { offset, length } = externalReference(tensor);
    if (offset + length > size) throw shortExternalFile(tensor, size);
    ranges.set(`${offset} ${length}`, length);
  }
  const total = [...ranges.values()].reduce((sum, length) => sum + length, 0);
  const [first] = tensors;
  if (total > size && first !== undefined) throw invalid(first, `and others take ${total} bytes of a file of ${size}: they overlap. The model is damaged`);
}

/** The tensors of a model that lie in other files. */
export function externalTensors(model: ModelProto): readonly TensorProto[] {
  return tensorsOf(model).filter(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL);
}

/** A model with these bytes as the elements of its external tensors. */
export function withExternalData(model: ModelProto, data: ReadonlyMap<TensorProto, Uint8Array>): ModelProto {
  if (data.size === 0) return model;
  return mapTensors(model, (tensor) => {
    const rawData = data.get(tensor);
    return rawData === undefined ? tensor : withFields(withoutFields(tensor, ["dataLocation"]), { rawData, externalData: [] });
  });
}

/**
 * Where the elements of an external tensor lie.
 *
 * @throws {XDeepError} MODEL_INVALID when that makes no sense, or leaves the model's folder.
 */
export function externalReference(tensor: TensorProto): ExternalReference {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = checkLocation(entries.get("location") ?? "", `The weights "${tensor.name}"`);
  const expected = byteLength(tensor);
  const offset = bytesOf(entries.get("offset"), 0);
  const length = bytesOf(entries.get("length"), expected);
  if (!Number.isSafeInteger(offset) || offset < 0) throw invalid(tensor, `begin at offset "${entries.get("offset")}" of "${location}". The model is damaged`);
  if (length !== expected)
    throw invalid(tensor, `take ${entries.get("length")} bytes of "${location}", but dims [${tensor.dims.join(", ")}] need ${expected}. The model is damaged`);
  return { location, offset, length };
}

/** A number of bytes as files write it: engines read other forms, such as "1e1" and "0x10", as other numbers. */
function bytesOf(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : /^\d+$/.test(text) ? Number(text) : NaN;
}

function byteLength(tensor: TensorProto): number {
  const bits = bitsPerElement(tensor.dataType);
  if (bits === undefined) throw invalid(tensor, `have element type ${tensor.dataType}, which cannot lie in another file`);
  return Math.ceil((sizeOf(checkedDims(tensor.dims, `The tensor "${tensor.name}"`)) * bits) / 8);
}

function invalid(tensor: TensorProto, problem: string): XDeepError {
  return new XDeepError("MODEL_INVALID", `The weights "${tensor.name}" ${problem}.`, { details: { tensor: tensor.name } });
}

/** The error for a file of weights that is not there. */
export function missingExternalFile(tensor: TensorProto, location: string, todo: string, cause?: unknown): XDeepError {
  const message = `The weights "${tensor.name}" lie in another file, "${location}", which is missing. ${todo}`;
  return new XDeepError("EXTERNAL_DATA_MISSING", message, { details: { tensor: tensor.name, location }, cause });
}

/** The error for a file of weights that ends before it should. */
export function shortExternalFile(tensor: TensorProto, size: number): XDeepError {
  const { location, offset, length } = externalReference(tensor);
  return invalid(
    tensor,
    `end at byte ${offset + length} of "${location}", which has ${size} bytes only. It belongs to another model, or was cut off: download or export it again`,
  );
}
