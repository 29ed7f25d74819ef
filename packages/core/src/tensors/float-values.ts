import { isFloatType } from "./data-types.ts";
import { XDeepError } from "../errors/error.ts";
import { type Pause, inPieces } from "../rows/between-runs.ts";
import { sizeOf } from "./tensor.ts";
import type { DataType, Tensor } from "./tensor.ts";

/**
 * The numbers of a float tensor in double precision: a copy, whatever its type.
 *
 * @throws {XDeepError} INPUT_TYPE for tensors that are not of a float type
 */
export function toFloat64(tensor: Tensor): Float64Array {
  switch (tensor.type) {
    case "float32":
    case "float64":
      return new Float64Array(tensor.data);
    case "float16":
      return Float64Array.from(tensor.data, fromHalf);
    case "bfloat16":
      return new Float64Array(new Float32Array(Uint32Array.from(tensor.data, (bits) => bits << 16).buffer));
    default:
      throw notFloat(tensor.type);
  }
}

/**
 * A tensor of a float type from numbers in double precision, rounded to the nearest.
 *
 * @throws {XDeepError} INPUT_TYPE when `type` is not a float type
 */
export function fromFloat64(type: DataType, dims: readonly number[], values: Float64Array): Tensor {
  return floatTensor(type, dims, (data) => data.set(values));
}

/**
 * A tensor of a float type that `write` fills with numbers: those of float32 straight into what an engine is fed, without a detour over
 * double precision.
 *
 * @throws {XDeepError} INPUT_TYPE when `type` is not a float type
 */
export function floatTensor(type: DataType, dims: readonly number[], write: (values: Float32Array | Float64Array) => void): Tensor {
  if (!isFloatType(type)) throw notFloat(type);
  const shape = [...dims];
  const values = type === "float32" || type === "bfloat16" ? new Float32Array(sizeOf(dims)) : new Float64Array(sizeOf(dims));
  write(values);
  switch (type) {
    case "float32":
      return { type, dims: shape, data: values as Float32Array };
    case "float64":
      return { type, dims: shape, data: values as Float64Array };
    case "float16":
      return { type, dims: shape, data: Uint16Array.from(values, toHalf) };
    case "bfloat16":
      return { type, dims: shape, data: Uint16Array.from(new Uint32Array(values.buffer), toBrainFloat) };
  }
}

/**
 * Room for tensors of a float type, one after the other: each lies in the memory of the one before. Large arrays cost most where their memory is new, and each
 * brings the next collection of garbage nearer.
 *
 * @throws {XDeepError} INPUT_TYPE when `type` is not a float type
 */
export function floatRoom(type: DataType): (dims: readonly number[], pause: Pause, write: FillFloats) => Promise<Tensor> {
  if (!isFloatType(type)) throw notFloat(type);
  const numbers = growing((size) => (type === "float32" || type === "bfloat16" ? new Float32Array(size) : new Float64Array(size)));
  const halves = growing((size) => new Uint16Array(size));
  return async (dims, pause, write) => {
    const shape = [...dims];
    const size = sizeOf(dims);
    const values = numbers(size);
    await write(values);
    if (type === "float32") return { type, dims: shape, data: values as Float32Array };
    if (type === "float64") return { type, dims: shape, data: values as Float64Array };
    const data = halves(size);
    const bits = new Uint32Array(values.buffer, values.byteOffset, type === "bfloat16" ? size : 0);
    await inPieces(size, pause, (start, end) => {
      for (let i = start; i < end; i++) data[i] = type === "float16" ? toHalf(values[i]!) : toBrainFloat(bits[i]!);
    });
    return { type, dims: shape, data };
  };
}

/** Overwrites all of `values`. */
export type FillFloats = (values: Float32Array | Float64Array) => Promise<void>;

function growing<T extends Float32Array | Float64Array | Uint16Array>(allocate: (size: number) => T): (size: number) => T {
  let room = allocate(0);
  return (size) => {
    if (room.length < size) room = allocate(size);
    return room.subarray(0, size) as T;
  };
}

function notFloat(type: DataType): XDeepError {
  return new XDeepError("INPUT_TYPE", `Expected a float tensor, got ${type}.`, { details: { got: type } });
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // Halfway between the largest half float, 65504, and the next power of two.
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  return sign | ((exponent + 14) * 1024 + roundToEven(magnitude / 2 ** (exponent - 10)));
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below + (below % 2);
  return rest > 0.5 ? below + 1 : below;
}

/** The upper half of a float32's bits, rounded to even. NaN keeps a fraction bit. */
function toBrainFloat(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
