import { sizeOf } from "@xdeep/core";
import { axisView } from "./axes.ts";
import { type Value64, value64 } from "./value64.ts";

/** The values one after another along an axis. */
export function concatenated(values: readonly Value64[], axis: number): Value64 {
  const first = values[0]!;
  const dims = first.dims.map((dim, i) => (i === axis ? values.reduce((sum, value) => sum + value.dims[axis]!, 0) : dim));
  const { outer, size, inner } = axisView(dims, axis);
  const data = new Float64Array(sizeOf(dims));
  let start = 0;
  for (const value of values) {
    const block = value.dims[axis]! * inner;
    for (let o = 0; o < outer; o++) data.set(value.data.subarray(o * block, (o + 1) * block), o * size * inner + start);
    start += block;
  }
  return value64(first.type, dims, data);
}

/** Elements `start` to `end` along an axis. */
export function sliced(x: Value64, axis: number, start: number, end: number): Value64 {
  const { outer, size, inner } = axisView(x.dims, axis);
  const block = (end - start) * inner;
  const data = new Float64Array(outer * block);
  for (let o = 0; o < outer; o++) data.set(x.data.subarray((o * size + start) * inner, (o * size + end) * inner), o * block);
  return value64(
    x.type,
    x.dims.map((dim, i) => (i === axis ? end - start : dim)),
    data,
  );
}
