import type { GraphBuilder, Value } from "@xdeep/onnx";
import { type Windows, extent, padsBeginValue, spatialAxes } from "./conv-geometry.ts";

/** x [N, C, …] with the zeros around it that its windows see. */
export function padSpatially(g: GraphBuilder, x: Value, windows: Windows): Value {
  const axes = g.ints(spatialAxes(x));
  if (windows.pads !== null) {
    const { begin, end } = windows.pads;
    return [...begin, ...end].every((pad) => pad === 0) ? x : g.op("Pad", [x, g.ints([...begin, ...end]), null, axes]);
  }
  const begin = padsBeginValue(g, windows, x);
  const spans = g.ints(windows.kernel.map((_, axis) => extent(windows, axis) + windows.strides[axis]!));
  return g.op("Pad", [x, g.concat([begin, spans], 0), null, axes]);
}
