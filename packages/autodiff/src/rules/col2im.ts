import { type GraphBuilder, type Value, numbersOf } from "@xdeep/onnx";
import { joinInts } from "../formulas/int-list.ts";
import type { GradientRule } from "../sweep/rule.ts";
import { unsupportedNode } from "../graph/unsupported-node.ts";

/**
 * Col2Im: y is the sum of columns where their windows lie on the image;  x̄ holds the windows of ȳ as columns.
 *
 * The columns are read by a convolution whose kernels have a 1 for one place of the window each.
 */
export const col2ImRule: GradientRule = {
  op: "Col2Im",
  since: [18],
  pullback: function col2ImPullback({ g, node, attributes, input, output, cotangent }) {
    const kernel = numbersOf(input(2).facts);
    if (kernel === null) throw unsupportedNode(node, "its block_shape is known only at run time. Make it a constant.");
    const spatial = kernel.map((_, axis) => g.dimOf(output(0), axis + 2));
    const planes = g.reshape(cotangent(0), joinInts(g, [g.ints([-1, 1]), ...spatial]));
    const windows = { kernel_shape: kernel, strides: attributes.ints("strides"), dilations: attributes.ints("dilations"), pads: attributes.ints("pads") };
    return [g.reshapeLike(g.op("Conv", [planes, oneForEachPlace(g, kernel, planes)], windows), input(0)), null, null];
  },
};

/** Kernels [places, 1, …kernel], the i-th with a 1 at place i. */
function oneForEachPlace(g: GraphBuilder, kernel: readonly number[], like: Value): Value {
  const places = kernel.reduce((product, size) => product * size, 1);
  const identity = Float32Array.from({ length: places * places }, (_, i) => Number(Math.floor(i / places) === i % places));
  return g.castLike(g.constant({ type: "float32", dims: [places, 1, ...kernel], data: identity }, "places"), like);
}
