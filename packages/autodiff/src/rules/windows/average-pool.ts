import type { Attributes, GraphBuilder, Value } from "@xdeep/onnx";
import { type Windows, knownDims, spatialDims, windowsOf } from "../../formulas/windows/conv-geometry.ts";
import { convInputGradient } from "../../formulas/windows/conv-input-gradient.ts";
import { poolCounts } from "../../formulas/windows/pool-counts.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * AveragePool: y = (Σ x over the window) / count;  x̄ = Σ over the windows that hold x of ȳ / count.
 *
 * The count leaves out padding unless count_include_pad, and always what a window of ceil_mode covers beyond the padding.
 */
export const averagePoolRule: GradientRule = {
  op: "AveragePool",
  since: [10, 11, 19, 22],
  pullback: function averagePoolPullback({ g, attributes, input, output, cotangent }) {
    const x = input(0);
    const windows = windowsOf(attributes, attributes.ints("kernel_shape", []), spatialDims(x));
    const includePad = attributes.int("count_include_pad", 0) === 1;
    const cells = tiles(windows, x, output(0));
    if (cells !== null) return [repeatedCells(g, g.scale(cotangent(0), 1 / product(cells)), windows, x)];
    const counts = poolCounts(g, { windows, includePad, input: x, output: output(0) });
    return [sumPoolGradient(g, windows, x, g.div(cotangent(0), counts))];
  },
};

/** The size of a pool's windows where they tile its input exactly, else null. */
export function tilesOf(attributes: Attributes, x: Value, y: Value): readonly number[] | null {
  return tiles(windowsOf(attributes, attributes.ints("kernel_shape", []), spatialDims(x)), x, y);
}

function tiles({ kernel, strides, dilations, pads }: Windows, x: Value, y: Value): readonly number[] | null {
  const [inputs, outputs] = [knownDims(spatialDims(x)), knownDims(spatialDims(y))];
  const padded = pads === null || [...pads.begin, ...pads.end].some((pad) => pad !== 0);
  if (inputs === null || outputs === null || padded || dilations.some((dilation) => dilation !== 1)) return null;
  const exact = kernel.every((size, axis) => size === strides[axis] && inputs[axis] === outputs[axis]! * size);
  return exact ? kernel : null;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** Every element of dy as many times as its window is large: nearest upsampling. */
function repeatedCells(g: GraphBuilder, dy: Value, { kernel }: Windows, x: Value): Value {
  if (spatialDims(dy).every((dim) => dim === 1)) return g.expandLike(dy, x);
  const scales = g.constant({ type: "float32", dims: [kernel.length + 2], data: Float32Array.of(1, 1, ...kernel) }, "scales");
  return g.op("Resize", [dy, null, scales], { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" });
}

/** x̄ of a pool that sums: each channel is a convolution with a kernel of ones; channels become batch rows. */
function sumPoolGradient(g: GraphBuilder, windows: Windows, x: Value, dy: Value): Value {
  const flat = (value: Value): Value => g.reshape(value, g.concat([g.ints([-1, 1]), shapeFrom(g, value)], 0));
  const weights = g.castLike(g.expand(g.scalar(1, dy), g.ints([1, 1, ...windows.kernel])), dy);
  const rows = convInputGradient(g, { windows, group: 1, weights, input: flat(x) }, flat(dy));
  return g.reshapeLike(rows, x);
}

/** The spatial dims of a value as an int64 list. */
function shapeFrom(g: GraphBuilder, value: Value): Value {
  const dims = knownDims(spatialDims(value));
  return dims === null ? g.op("Shape", [value], { start: 2 }) : g.ints(dims);
}
