import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { rowMajorStrides, stridedOffsets } from "../../arrays/strides.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";
import { type Windows, placeWindows, windowOffsets, windowsOf } from "../../arrays/windows.ts";

interface Pool {
  readonly x: Value64;
  readonly spatial: readonly number[];
  readonly windows: Windows;
  readonly out: readonly number[];
  /** [windows, taps] offsets into one plane, −1 in the padding. */
  readonly offsets: Int32Array;
  readonly taps: number;
}

function poolOf(call: OperatorCall): Pool {
  const x = call.input(0);
  const spatial = x.dims.slice(2);
  const kernel = call.attributes.ints("kernel_shape", []);
  const { windows, out } = placeWindows(windowsOf(call, kernel), spatial, call.attributes.string("auto_pad", "NOTSET"), call.flag("ceil_mode"));
  return { x, spatial, windows, out, offsets: windowOffsets(spatial, windows, out), taps: sizeOf(kernel) };
}

/** Runs f for every window of every plane: where the plane starts, which offsets the window has, where its result belongs. */
function forEachWindow(pool: Pool, f: (plane: number, window: Int32Array, at: number) => void): void {
  const { x, spatial, out, offsets, taps } = pool;
  const [planes, inSize, outSize] = [x.dims[0]! * x.dims[1]!, sizeOf(spatial), sizeOf(out)];
  for (let p = 0; p < planes; p++) {
    for (let i = 0; i < outSize; i++) f(p * inSize, offsets.subarray(i * taps, (i + 1) * taps), p * outSize + i);
  }
}

/** The largest element of each window, and where it lies: the first one among equals. */
function maxPool(call: OperatorCall): readonly Value64[] {
  const pool = poolOf(call);
  const dims = [...pool.x.dims.slice(0, 2), ...pool.out];
  const y = value64(pool.x.type, dims);
  const indices = value64("int64", dims);
  const position = call.flag("storage_order") ? columnMajor(pool.spatial) : (offset: number) => offset;
  forEachWindow(pool, (plane, window, at) => {
    let best = -1;
    for (const offset of window) {
      if (offset >= 0 && (best < 0 || pool.x.data[plane + offset]! > pool.x.data[plane + best]!)) best = offset;
    }
    y.data[at] = best < 0 ? -Infinity : pool.x.data[plane + best]!;
    indices.data[at] = best < 0 ? -1 : plane + position(best);
  });
  return [y, indices];
}

/** The column-major position of a row-major offset. */
function columnMajor(spatial: readonly number[]): (offset: number) => number {
  const strides = rowMajorStrides([...spatial].reverse()).reverse();
  const positions = stridedOffsets(spatial, strides);
  return (offset) => positions[offset]!;
}

/** The mean of each window; the padding counts as zeros, or not at all. What ceil_mode adds beyond the padding never counts. */
function averagePool(call: OperatorCall): readonly Value64[] {
  const pool = poolOf(call);
  const y = value64(pool.x.type, [...pool.x.dims.slice(0, 2), ...pool.out]);
  const counted = call.flag("count_include_pad") ? offsetsWithPadding(pool) : pool.offsets;
  const outSize = sizeOf(pool.out);
  forEachWindow(pool, (plane, window, at) => {
    const i = at % outSize;
    const count = counted.subarray(i * pool.taps, (i + 1) * pool.taps).filter((offset) => offset >= 0).length;
    for (const offset of window) y.data[at]! += offset >= 0 ? pool.x.data[plane + offset]! : 0;
    y.data[at]! /= count;
  });
  return [y];
}

/** The offsets into planes that hold the padding too. */
function offsetsWithPadding({ spatial, windows, out }: Pool): Int32Array {
  const padded = spatial.map((size, axis) => size + windows.pads[axis]! + windows.pads[axis + spatial.length]!);
  return windowOffsets(padded, { ...windows, pads: windows.pads.map(() => 0) }, out);
}

/** (Σ |x|ᵖ)^(1/p) of each window. */
function lpPool(call: OperatorCall): readonly Value64[] {
  const pool = poolOf(call);
  const p = call.attributes.int("p", 2);
  const y = value64(pool.x.type, [...pool.x.dims.slice(0, 2), ...pool.out]);
  forEachWindow(pool, (plane, window, at) => {
    let sum = 0;
    for (const offset of window) sum += offset >= 0 ? Math.abs(pool.x.data[plane + offset]!) ** p : 0;
    y.data[at] = sum ** (1 / p);
  });
  return [y];
}

/** Pooling over sliding windows. */
export const poolOperators: OperatorTable = { AveragePool: averagePool, LpPool: lpPool, MaxPool: maxPool };
