import { type DataType, type Tensor, type ValueInfo, sizeOf } from "@xdeep/core";
import { ELEMENT_ARRAYS, isFloatType, tensorFromNumbers, toFloat64 } from "@xdeep/core/method";

import { invalidBody } from "./http-error.ts";

/** Names of the Open Inference Protocol. */
const DATATYPES: Readonly<Partial<Record<DataType, string>>> = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  bfloat16: "BF16",
  float32: "FP32",
  float64: "FP64",
};

const TYPES: ReadonlyMap<string, DataType> = new Map(Object.entries(DATATYPES).map(([type, name]) => [name, type as DataType]));

/** Of numbers. Pictures are BYTES. */
export const DATATYPE_NAMES: readonly string[] = [...TYPES.keys()];

export function datatypeOf(type: DataType): string {
  return DATATYPES[type] ?? "BYTES";
}

/** @throws {HttpError} 400 for a name that is none */
export function typeOf(datatype: unknown): DataType {
  const type = TYPES.get(String(datatype));
  if (type !== undefined) return type;
  throw invalidBody(`There is no datatype ${JSON.stringify(datatype) ?? "given"}; it is one of ${DATATYPE_NAMES.join(", ")}.`);
}

const MOST_AXES = 8;

/** Dims of a request: sizes that are whole, and few enough that their product is one. @throws {HttpError} 400 */
export function checkShape(shape: unknown, what: string): readonly number[] {
  const isShape = Array.isArray(shape) && shape.length > 0 && shape.length <= MOST_AXES && shape.every((dim) => Number.isSafeInteger(dim) && dim > 0);
  if (isShape && Number.isSafeInteger(sizeOf(shape as number[]))) return shape as number[];
  throw invalidBody(`The shape of ${what} is a list of sizes above 0, such as [1, 3, 224, 224].`);
}

/**
 * Numbers of a request as the model takes them: what is written as FP64 or INT64 may go to a model of float32.
 *
 * @throws {HttpError} 400 where they are no numbers, or not as many as the shape has; {XDeepError} INPUT_TYPE for a model of strings
 */
export function tensorOfJson(data: unknown, shape: readonly number[], { name, type }: Pick<ValueInfo, "name" | "type">): Tensor {
  return tensorFromNumbers(type, shape, flattened(data, sizeOf(shape), name), { subject: `"${name}"` });
}

/** A nested list, whose dims are its own. @throws {HttpError} 400 for a list that is no tensor */
export function tensorOfNested(nested: unknown, info: Pick<ValueInfo, "name" | "type">): Tensor {
  const dims: number[] = [];
  for (let level = nested; Array.isArray(level); level = level[0]) dims.push(level.length);
  return tensorOfJson(nested, checkShape(dims, `"${info.name}"`), info);
}

/** @throws {HttpError} 400 for another number of bytes than the shape has */
export function tensorOfBytes(bytes: Uint8Array, shape: readonly number[], type: DataType, { name, type: wanted }: Pick<ValueInfo, "name" | "type">): Tensor {
  if (type === "string") throw invalidBody(`"${name}": strings are not fed.`);
  const ArrayType = ELEMENT_ARRAYS[type];
  const expected = sizeOf(shape) * ArrayType.BYTES_PER_ELEMENT;
  if (bytes.byteLength !== expected) throw invalidBody(`"${name}" of shape [${shape.join(", ")}] has ${expected} bytes, got ${bytes.byteLength}.`);
  const data = new ArrayType(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  const sent = { type, dims: shape, data } as Tensor;
  return type === wanted ? sent : tensorFromNumbers(wanted, shape, numbersOf(sent), { subject: `"${name}"` });
}

export function bytesOf({ data }: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** What the elements stand for: those of half floats are their bits. */
function numbersOf(tensor: Tensor): Float64Array {
  return isFloatType(tensor.type) ? toFloat64(tensor) : Float64Array.from(tensor.data as unknown as ArrayLike<number>, Number);
}

/** Row-major numbers of a list of any depth. */
function flattened(data: unknown, size: number, name: string): Float64Array {
  if (!Array.isArray(data)) throw invalidBody(`The data of "${name}" are a list of numbers.`);
  // The shape is the caller's word: no memory is taken for numbers that are not there.
  const count = countOf(data, 0);
  if (count !== size) throw invalidBody(`"${name}" holds ${count} numbers; its shape has ${size}. Lists of one level must have one length.`);
  const numbers = new Float64Array(size);
  let at = 0;
  const visit = (value: unknown, depth: number): void => {
    if (Array.isArray(value) && depth <= MOST_AXES) for (const each of value) visit(each, depth + 1);
    else if (typeof value === "number" || typeof value === "boolean") numbers[at++] = Number(value);
    else throw invalidBody(`"${name}" holds ${typeof value === "object" ? "no number" : JSON.stringify(value)?.slice(0, 40)} at element ${at}.`);
  };
  visit(data, 0);
  return numbers;
}

/** How much a list of any depth holds. */
function countOf(list: readonly unknown[], depth: number): number {
  let count = 0;
  for (const each of list) count += Array.isArray(each) && depth < MOST_AXES ? countOf(each, depth + 1) : 1;
  return count;
}
