import { sizeOf } from "@xdeep/core";
import { axisView, normalizeAxis } from "../axes.ts";
import type { OperatorCall, OperatorTable } from "../operator-call.ts";
import { type Value64, value64 } from "../value64.ts";

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
  return value64(x.type, x.dims.map((dim, i) => (i === axis ? end - start : dim)), data);
}

function concat(call: OperatorCall): readonly Value64[] {
  const values = call.everyInput();
  return [concatenated(values, normalizeAxis(call.attributes.int("axis", 0), values[0]!.dims.length))];
}

function split(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.attributes.int("axis", 0), x.dims.length);
  const size = x.dims[axis]!;
  const sizes = call.integers(1) ?? evenSizes(size, call.attributes.int("num_outputs", call.node.output.length));
  let start = 0;
  return sizes.map((part) => sliced(x, axis, start, (start += part)));
}

/** Equal parts; the last one is smaller where they do not fit. */
function evenSizes(size: number, count: number): number[] {
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.min(part, size - i * part));
}

/** Joining and splitting along an axis. */
export const concatOperators: OperatorTable = { Concat: concat, Split: split };
