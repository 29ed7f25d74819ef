import { type DataType, type Tensor, type TensorDataMap, XDeepError, sizeOf } from "@xdeep/core";
import { decodeBfloat16, decodeFloat16 } from "../math/half-float.ts";

/**
 * A tensor of the interpreter: the element type that the graph declares, its elements as float64, row-major.
 *
 * Every float type is computed in float64. Integers are plain numbers, exact up to 2⁵³; booleans are 0 and 1.
 */
export interface Value64 {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/**
 * A value of these dims.
 *
 * @throws {XDeepError} INPUT_SHAPE when `data` does not hold the product of `dims` elements.
 */
export function value64(type: DataType, dims: readonly number[], data: Float64Array | readonly number[] = new Float64Array(sizeOf(dims))): Value64 {
  const values = data instanceof Float64Array ? data : Float64Array.from(data);
  if (values.length !== sizeOf(dims)) {
    throw new XDeepError("INPUT_SHAPE", `A value of dims [${dims.join(", ")}] holds ${sizeOf(dims)} elements, got ${values.length}.`, {
      details: { dims, length: values.length },
    });
  }
  return { type, dims: [...dims], data: values };
}

/** A scalar, dims []. */
export function scalar64(type: DataType, value: number): Value64 {
  return value64(type, [], [value]);
}

/**
 * The float64 form of a tensor; what float16 and bfloat16 bits stand for is decoded.
 *
 * @throws {XDeepError} INPUT_TYPE for strings.
 */
export function fromTensor(tensor: Tensor): Value64 {
  const { type, dims } = tensor;
  switch (tensor.type) {
    case "string":
      throw new XDeepError("INPUT_TYPE", "The reference interpreter has no strings.");
    case "int64":
    case "uint64":
      return value64(type, dims, Float64Array.from(tensor.data, Number));
    case "float16":
      return value64(type, dims, Float64Array.from(tensor.data, decodeFloat16));
    case "bfloat16":
      return value64(type, dims, Float64Array.from(tensor.data, decodeBfloat16));
    default:
      return value64(type, dims, Float64Array.from(tensor.data));
  }
}

/**
 * The value in the array of its element type, rounded to it, as an engine takes it.
 *
 * @throws {XDeepError} INPUT_TYPE for strings and 16-bit floats, which have no plain JavaScript array.
 */
export function toTensor({ type, dims, data }: Value64): Tensor {
  return { type, dims, data: toTypedArray(type, data) } as Tensor;
}

function toTypedArray(type: DataType, data: Float64Array): TensorDataMap[DataType] {
  switch (type) {
    case "float32":
      return Float32Array.from(data);
    case "float64":
      return data.slice();
    case "int8":
      return Int8Array.from(data);
    case "int16":
      return Int16Array.from(data);
    case "int32":
      return Int32Array.from(data);
    case "int64":
      return BigInt64Array.from(Array.from(data, BigInt));
    case "uint8":
    case "bool":
      return Uint8Array.from(data);
    case "uint16":
      return Uint16Array.from(data);
    case "uint32":
      return Uint32Array.from(data);
    case "uint64":
      return BigUint64Array.from(Array.from(data, BigInt));
    default:
      throw new XDeepError("INPUT_TYPE", `The reference interpreter cannot write ${type} tensors.`);
  }
}
