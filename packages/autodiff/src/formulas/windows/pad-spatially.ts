import type { GraphBuilder, Value } from "@xdeep/onnx";
import { type Windows, extent, padsBeginValue } from "./conv-geometry.ts";

/** x [N, C, …] with the zeros around it that its windows see. */
export function padSpatially(g: GraphBuilder, x: Value, windows: Windows): Value {
  if (windows.pads !== null) {
    const { begin, end } = windows.pads;
    return [...begin, ...end].every((pad) => pad === 0) ? x : padAround(g, x, begin, end);
  }
  const begin = padsBeginValue(g, windows, x);
  const spans = g.ints(windows.kernel.map((_, axis) => extent(windows, axis) + windows.strides[axis]!));
  return g.pad(x, g.concat([g.ints([0, 0]), begin, g.ints([0, 0]), spans], 0));
}

/**
 * x [N, C, …] with so many elements before and after each spatial axis; zeros unless another value is given. All axes are written out,
 * because ONNX Runtime's layout changes misread a Pad with `axes`.
 */
export function padAround(g: GraphBuilder, x: Value, begin: readonly number[], end: readonly number[], value: Value | null = null): Value {
  return g.op("Pad", [x, g.ints([0, 0, ...begin, 0, 0, ...end]), value]);
}
