import { create } from "@bufbuild/protobuf";
import { XDeepError } from "@xdeep/core";
import { encodeModel, joinPieces, lengthOf } from "./encode-model.ts";
import { type ModelProto, StringStringEntryProtoSchema, type TensorProto, TensorProto_DataLocation } from "../gen/onnx_pb.ts";
import { mapTensors, tensorsOf } from "../graphs/map-tensors.ts";
import { withFields, withoutFields } from "../graphs/with-fields.ts";

/** Protocol buffers end at 2 GiB. */
const LARGEST_FILE = 2 ** 31 - 1;

/** Weights start at multiples of this, so that files can be mapped into memory. */
const ALIGNMENT = 4096;

export interface ExternalDataOptions {
  /** Name of the data file, beside the model; default "model.onnx.data". */
  readonly location?: string;
  /** Weights of at least this many bytes go to the data file; default 1024. */
  readonly externalThreshold?: number;
}

/** A model in two files. */
export interface ModelWithExternalData {
  /** The .onnx file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Name under which `data` must lie beside it. */
  readonly location: string;
  /** The data file in pieces, to be written one after the other: views on the model's weights, not copies, and zeros between them. */
  readonly data: readonly Uint8Array[];
  /** Sum of the pieces in bytes. */
  readonly dataLength: number;
}

/**
 * The bytes of an ONNX file: fields in the order of their numbers, as the protobuf libraries write them, then fields this version does not know.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED when the weights make it larger than 2 GiB: use `writeModelWithExternalData`.
 */
export function writeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  const weights = weightBytes(model);
  const pieces = weights > LARGEST_FILE ? null : encodeModel(model);
  if (pieces !== null && lengthOf(pieces) <= LARGEST_FILE) return joinPieces(pieces);
  const message = `The weights take ${weights} bytes, and an ONNX file ends at 2 GiB. Write the model with external data (writeModelWithExternalData).`;
  throw new XDeepError("MODEL_UNSUPPORTED", message, { details: { weights } });
}

/** Bytes that the weights take in the model's own file. */
export function weightBytes(model: ModelProto): number {
  return tensorsOf(model).reduce((sum, { rawData }) => sum + rawData.length, 0);
}

/** The same model with its larger initializers in a second file, without copying or encoding them. Initializers that lie in other files already stay there. */
export function writeModelWithExternalData(model: ModelProto, options: ExternalDataOptions = {}): ModelWithExternalData {
  const { location = "model.onnx.data", externalThreshold = 1024 } = options;
  const data: Uint8Array[] = [];
  let dataLength = 0;
  const append = (bytes: Uint8Array): void => {
    data.push(bytes);
    dataLength += bytes.length;
  };
  const slim = mapTensors(model, (tensor, place) => {
    if (place !== "initializer" || tensor.rawData.length === 0 || tensor.rawData.length < externalThreshold) return tensor;
    const padding = (ALIGNMENT - (dataLength % ALIGNMENT)) % ALIGNMENT;
    if (padding > 0) append(new Uint8Array(padding));
    const offset = dataLength;
    append(tensor.rawData);
    return externalTensor(tensor, { location, offset: String(offset), length: String(tensor.rawData.length) });
  });
  return { bytes: writeModel(slim), location, data, dataLength };
}

/** A tensor without its bytes, which lie where the entries say. */
export function externalTensor(tensor: TensorProto, entries: Readonly<Record<string, string>>): TensorProto {
  const externalData = Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  // Without the field, as opposed to with an empty one, so that readers do not take it for the data.
  return withFields(withoutFields(tensor, ["rawData"]), { externalData, dataLocation: TensorProto_DataLocation.EXTERNAL });
}
