import { create } from "@bufbuild/protobuf";
import { type DataType, type TensorDataMap, XDeepError, sizeOf } from "@xdeep/core";
import { ELEMENT_ARRAYS, type ElementArray } from "@xdeep/core/backend";
import { dataTypeCode, dataTypeName } from "./data-type.ts";
import { type TensorProto, TensorProtoSchema, TensorProto_DataLocation } from "../gen/onnx_pb.ts";

/** A constant of the graph with its elements in a plain array, row-major. */
export type ConstantTensor = { [T in DataType]: { readonly type: T; readonly dims: readonly number[]; readonly data: TensorDataMap[T] } }[DataType];

/**
 * Decodes an initializer or a tensor attribute, whatever encoding it uses. A view on the file's bytes where they are aligned, a copy otherwise.
 *
 * @throws {XDeepError} MODEL_INVALID when the element count does not fit the dims; MODEL_UNSUPPORTED for complex, 8-bit float and 4-bit types;
 * EXTERNAL_DATA_MISSING when the data lies in another file that was not resolved.
 */
export function tensorData(tensor: TensorProto): ConstantTensor {
  const type = dataTypeName(tensor.dataType);
  if (type === null) {
    throw new XDeepError("MODEL_UNSUPPORTED", `Tensor "${tensor.name}" has ONNX element type ${tensor.dataType}, which xdeep does not read.`, {
      details: { tensor: tensor.name, dataType: tensor.dataType },
    });
  }
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) throw missingExternalData(tensor);
  const dims = tensor.dims.map(Number);
  const data = tensor.rawData.length > 0 ? fromRaw(type, tensor.rawData, tensor.name) : fromFields(type, tensor);
  if (data.length !== sizeOf(dims)) {
    throw new XDeepError("MODEL_INVALID", `Tensor "${tensor.name}" has dims [${dims.join(", ")}] but ${data.length} elements. The file is damaged.`, {
      details: { tensor: tensor.name, dims, length: data.length },
    });
  }
  return { type, dims, data } as unknown as ConstantTensor;
}

function missingExternalData(tensor: TensorProto): XDeepError {
  const location = tensor.externalData.find((entry) => entry.key === "location")?.value ?? "";
  return new XDeepError(
    "EXTERNAL_DATA_MISSING",
    `The weights "${tensor.name}" lie in another file, "${location}", that was not loaded. Load the model by its path, or pass the file's bytes as external data.`,
    { details: { tensor: tensor.name, location } },
  );
}

function fromRaw(type: DataType, raw: Uint8Array, name: string): ArrayLike<unknown> {
  if (type === "string") throw new XDeepError("MODEL_INVALID", `Tensor "${name}" holds strings as raw bytes, which ONNX does not allow.`);
  const ArrayType: ElementArray<ArrayBufferView> = ELEMENT_ARRAYS[type];
  const aligned = raw.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? raw : new Uint8Array(raw);
  return new ArrayType(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / ArrayType.BYTES_PER_ELEMENT)) as unknown as ArrayLike<unknown>;
}

function fromFields(type: DataType, tensor: TensorProto): ArrayLike<unknown> {
  switch (type) {
    case "float32":
      return Float32Array.from(tensor.floatData);
    case "float64":
      return Float64Array.from(tensor.doubleData);
    case "int64":
      return BigInt64Array.from(tensor.int64Data);
    case "uint64":
      return BigUint64Array.from(tensor.uint64Data);
    case "uint32":
      return Uint32Array.from(tensor.uint64Data, Number);
    case "string":
      return tensor.stringData.map((bytes) => new TextDecoder().decode(bytes));
    case "float16":
    case "bfloat16":
    case "uint16":
      return Uint16Array.from(tensor.int32Data);
    case "int8":
      return Int8Array.from(tensor.int32Data);
    case "int16":
      return Int16Array.from(tensor.int32Data);
    case "int32":
      return Int32Array.from(tensor.int32Data);
    case "uint8":
    case "bool":
      return Uint8Array.from(tensor.int32Data);
  }
}

/** A TensorProto of this constant, its elements as raw bytes (strings as string data). */
export function tensorProto(name: string, constant: ConstantTensor): TensorProto {
  const dims = constant.dims.map(BigInt);
  const dataType = dataTypeCode(constant.type);
  if (constant.type === "string") {
    return create(TensorProtoSchema, { name, dims, dataType, stringData: constant.data.map((text) => new TextEncoder().encode(text)) });
  }
  const { buffer, byteOffset, byteLength } = constant.data;
  return create(TensorProtoSchema, { name, dims, dataType, rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) });
}
