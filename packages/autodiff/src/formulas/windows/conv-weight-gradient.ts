import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { type Windows, spatialAxes } from "./conv-geometry.ts";
import { padSpatially } from "./pad-spatially.ts";

/**
 * W̄ of a convolution of x [N, C, …] with cotangent dy [N, M, …]: a convolution of x by dy in which batch and channels change places, and
 * strides and dilations. [M, C / group, …kernel].
 */
export function convWeightGradient(g: GraphBuilder, windows: Windows, group: number, x: Value, dy: Value): Value {
  const { kernel, strides, dilations } = windows;
  const padded = padSpatially(g, x, windows);
  const spatial = spatialAxes(x);
  const filters = g.transpose(dy, [1, 0, ...spatial]);
  const products = g.op("Conv", [batchToChannels(g, padded, group), filters], { strides: dilations, dilations: strides, group });
  const axes = g.ints(spatial);
  const exact = g.slice(products, g.ints(spatial.map(() => 0)), g.ints(kernel), axes);
  return g.transpose(exact, [1, 0, ...spatial]);
}

/** [N, C, …] → [C / group, group · N, …]. */
function batchToChannels(g: GraphBuilder, x: Value, group: number): Value {
  const spatial = spatialAxes(x);
  if (group === 1) return g.transpose(x, [1, 0, ...spatial]);
  const tail = g.op("Shape", [x], { start: 2 });
  const split = g.reshape(x, g.concat([g.ints([0, group, -1]), tail], 0));
  const exchanged = g.transpose(split, [2, 1, 0, ...spatial.map((axis) => axis + 1)]);
  return g.reshape(exchanged, g.concat([g.dimOf(exchanged, 0), g.ints([-1]), tail], 0));
}

export function biasGradient(g: GraphBuilder, dy: Value): Value {
  return g.reduceSum(
    dy,
    Array.from({ length: rankOf(dy) }, (_, axis) => axis).filter((axis) => axis !== 1),
    false,
  );
}
