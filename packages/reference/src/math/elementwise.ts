import type { DataType } from "@xdeep/core";
import { isFloatType } from "@xdeep/onnx";
import { broadcastDims, broadcastTo } from "../arrays/broadcast.ts";
import { toElementType } from "../arrays/element-type.ts";
import { type Value64, value64 } from "../arrays/value64.ts";

/** y = f(x) of every element. */
export function mapElements(x: Value64, f: (x: number) => number, type: DataType = x.type): Value64 {
  const data = x.data.map((element) => f(element));
  return value64(type, x.dims, asType(type, data));
}

/** y = f(a, b) of every pair of elements after broadcasting. */
export function mapPairs(a: Value64, b: Value64, f: (a: number, b: number) => number, type: DataType = a.type): Value64 {
  const dims = broadcastDims(a.dims, b.dims);
  const right = broadcastTo(b, dims);
  const data = broadcastTo(a, dims).map((element, i) => f(element, right[i]!));
  return value64(type, dims, asType(type, data));
}

function asType(type: DataType, data: Float64Array): Float64Array {
  return isFloatType(type) ? data : data.map((element) => toElementType(type, element));
}
