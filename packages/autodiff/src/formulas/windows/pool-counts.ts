import type { GraphBuilder, Value } from "@xdeep/onnx";
import { type Windows, extent, padsBeginValue, spatialAxes } from "./conv-geometry.ts";

export interface PoolCounts {
  readonly windows: Windows;
  /** Padding counts as elements. */
  readonly includePad: boolean;
  /** Pool input [N, C, …] and output [N, C, …]: only their dims are used. */
  readonly input: Value;
  readonly output: Value;
}

/**
 * How many elements each window of an average pool averages, [1, 1, …output]: the product of the counts along each axis. What a window of
 * ceil_mode covers beyond the padding counts never.
 */
export function poolCounts(g: GraphBuilder, pool: PoolCounts): Value {
  const axes = spatialAxes(pool.input);
  return axes.map((axis) => axisCounts(g, pool, axis, axes.length)).reduce((product, counts) => g.mul(product, counts));
}

/** Counts along one axis, shaped to broadcast. Written with nodes on int64 lists, which fold at load where dims are known. */
function axisCounts(g: GraphBuilder, { windows, includePad, input, output }: PoolCounts, axis: number, axes: number): Value {
  const i = axis - 2;
  const dilation = windows.dilations[i]!;
  const size = g.squeeze(g.dimOf(input, axis), [0]);
  const begin = windows.pads === null ? g.squeeze(g.gather(padsBeginValue(g, windows, input), g.ints([i]), 0), [0]) : g.int(windows.pads.begin[i]!);
  const end = windows.pads === null ? g.int(extent(windows, i)) : g.int(windows.pads.end[i]!);
  const outputs = g.op("Range", [g.int(0), g.squeeze(g.dimOf(output, axis), [0]), g.int(1)]);
  const start = g.sub(g.mul(outputs, g.int(windows.strides[i]!)), begin);
  const lower = includePad ? g.neg(begin) : g.int(0);
  const upper = includePad ? g.add(size, end) : size;
  const first = positionsBefore(g, g.sub(lower, start), dilation, windows.kernel[i]!);
  const last = positionsBefore(g, g.sub(upper, start), dilation, windows.kernel[i]!);
  const shape = [1, 1, ...Array.from({ length: axes }, (_, other) => (other === i ? -1 : 1))];
  return g.reshape(g.castLike(g.sub(last, first), input), g.ints(shape));
}

/** How many of a window's kernel positions 0, d, 2d, … lie before a bound: ⌈bound / d⌉, between 0 and k. */
function positionsBefore(g: GraphBuilder, bound: Value, dilation: number, kernel: number): Value {
  const positive = g.op("Max", [bound, g.int(0)]);
  const positions = dilation === 1 ? positive : g.div(g.add(positive, g.int(dilation - 1)), g.int(dilation));
  return g.op("Min", [positions, g.int(kernel)]);
}
