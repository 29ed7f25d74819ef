import { type DataType, sizeOf } from "@xdeep/core";
import { isFloatType } from "../files/data-type.ts";
import { type Dim, type Facts, staticDims } from "../graphs/facts.ts";
import type { ConstantTensor } from "../files/tensor-data.ts";

/** Larger tensors are not followed element by element: shapes, axes, pads and scales are far smaller. */
const MAX_ELEMENTS = 256;

/** A small tensor whose elements are known at least in part. */
export interface KnownElements {
  readonly dims: readonly number[];
  /** Row-major; booleans are 0 and 1. */
  readonly values: readonly Dim[];
}

/** The elements of a small tensor as far as known, or null. */
export function elementsOf(facts: Facts): KnownElements | null {
  const dims = staticDims(facts);
  if (!isSmall(dims)) return null;
  if (facts.elements !== undefined) return { dims, values: facts.elements };
  const { constant } = facts;
  if (constant === undefined || constant.type === "string" || constant.type === "float16" || constant.type === "bfloat16") return null;
  return { dims, values: Array.from<number | bigint, number>(constant.data, Number) };
}

/** The elements of a small tensor where all are known numbers, or null. */
export function numbersOf(facts: Facts): readonly number[] | null {
  const known = elementsOf(facts);
  return known !== null && known.values.every((value) => typeof value === "number") ? (known.values as readonly number[]) : null;
}

/** Facts of a tensor with these elements. All null, or too many, are as good as none. */
export function factsWithElements(type: DataType | null, dims: readonly Dim[] | null, elements: readonly Dim[] | null): Facts {
  const useful = elements !== null && elements.length <= MAX_ELEMENTS && (elements.length === 0 || elements.some((value) => value !== null));
  return useful ? { type, dims, elements } : { type, dims };
}

/** True for dims that are numbers and few enough elements to follow. */
export function isSmall(dims: readonly Dim[] | null): dims is readonly number[] {
  // A size of 0 must not hide the others.
  return dims !== null && dims.every((dim) => typeof dim === "number" && dim >= 0 && dim <= MAX_ELEMENTS) && sizeOf(dims as readonly number[]) <= MAX_ELEMENTS;
}

/** The value as an element of this type: rounded to float32, or null where an integer type does not hold it. */
export function elementOfType(type: DataType | null, value: Dim): Dim {
  if (typeof value !== "number" || type === null) return value;
  if (type === "float32") return Math.fround(value);
  if (isFloatType(type)) return type === "float64" ? value : null;
  const [least, most] = INTEGER_RANGES[type] ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  return Number.isSafeInteger(value) && value >= least && value <= most ? value : null;
}

const INTEGER_RANGES: Readonly<Partial<Record<DataType, readonly [number, number]>>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 4294967295],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  bool: [0, 1],
};

/** The constant that known elements make up, or undefined where one is missing or the type has no plain numbers. */
export function constantOf(type: DataType | null, dims: readonly Dim[] | null, elements: readonly Dim[] | undefined): ConstantTensor | undefined {
  if (type === null || dims === null || elements === undefined || !isSmall(dims) || elements.length !== sizeOf(dims)) return undefined;
  if (!elements.every((value) => typeof value === "number" && elementOfType(type, value) === value)) return undefined;
  const data = arrayOf(type, elements as readonly number[]);
  return data === null ? undefined : ({ type, dims, data } as unknown as ConstantTensor);
}

function arrayOf(type: DataType, values: readonly number[]): ConstantTensor["data"] | null {
  switch (type) {
    case "float32":
      return Float32Array.from(values);
    case "float64":
      return Float64Array.from(values);
    case "int64":
      return BigInt64Array.from(values, BigInt);
    case "uint64":
      return BigUint64Array.from(values, BigInt);
    case "int32":
      return Int32Array.from(values);
    case "uint32":
      return Uint32Array.from(values);
    case "int16":
      return Int16Array.from(values);
    case "uint16":
      return Uint16Array.from(values);
    case "int8":
      return Int8Array.from(values);
    case "uint8":
    case "bool":
      return Uint8Array.from(values);
    default:
      return null;
  }
}
