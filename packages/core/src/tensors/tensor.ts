import { XDeepError } from "../errors/error.ts";

/** Element types by their ONNX names, and the array that holds each. float16 and bfloat16 are carried as their bits. */
export interface TensorDataMap {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
  string: readonly string[];
}

export type DataType = keyof TensorDataMap;

/** Plain data, structurally what `onnxruntime-common`'s Tensor is: one of those can be passed as it is. Row-major. */
export interface TensorOf<T extends DataType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: TensorDataMap[T];
}

export type Tensor = { [T in DataType]: TensorOf<T> }[DataType];
export type FloatTensor = TensorOf<"float32">;

/** One tensor, or one per input name for models with several inputs. */
export type Input = Tensor | Readonly<Record<string, Tensor>>;

/** Number of elements of a tensor of these dims; 1 for a scalar. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}

/**
 * A float32 tensor. `data` is used as it is when it is a Float32Array, otherwise copied.
 *
 * @throws {XDeepError} INPUT_SHAPE when `data` does not hold the product of `dims` elements.
 */
export function float32(dims: readonly number[], data: Float32Array | readonly number[] = new Float32Array(sizeOf(dims))): FloatTensor {
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  if (values.length !== sizeOf(dims)) {
    throw new XDeepError("INPUT_SHAPE", `A tensor of dims [${dims.join(", ")}] holds ${sizeOf(dims)} elements, got ${values.length}.`, {
      details: { dims, length: values.length },
    });
  }
  return { type: "float32", dims: [...dims], data: values };
}

/** True when `input` is one tensor, not a record of tensors. */
export function isTensor(input: unknown): input is Tensor {
  return typeof input === "object" && input !== null && "dims" in input && "data" in input && "type" in input && Array.isArray(input.dims);
}

/** Rows `start` (included) to `end` (excluded) of the leading axis, as a view on the same memory. */
export function sliceRows<T extends Tensor>(tensor: T, start: number, end: number): T {
  const rowSize = sizeOf(tensor.dims.slice(1));
  const data = Array.isArray(tensor.data)
    ? tensor.data.slice(start * rowSize, end * rowSize)
    : (tensor.data as Float32Array).subarray(start * rowSize, end * rowSize);
  return { type: tensor.type, dims: [end - start, ...tensor.dims.slice(1)], data } as unknown as T;
}
