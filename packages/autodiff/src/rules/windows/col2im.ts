import { type GraphBuilder, type Value, numbersOf, rankOf } from "@xdeep/onnx";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * Col2Im: y is the sum of columns where their windows lie on the image;  x̄ holds the windows of ȳ as columns.
 *
 * The columns are read by a convolution whose kernels have a 1 for one place of the window each, or gathered axis by axis where the windows'
 * size is known only at run time.
 */
export const col2ImRule: GradientRule = {
  op: "Col2Im",
  since: [18],
  pullback: function col2ImPullback(context) {
    const { g, attributes, input, output, cotangent } = context;
    const kernel = numbersOf(input(2).facts);
    if (kernel === null) return [g.reshapeLike(gatheredWindows(context), input(0)), null, null];
    const spatial = kernel.map((_, axis) => g.dimOf(output(0), axis + 2));
    const planes = g.reshape(cotangent(0), joinInts(g, [g.ints([-1, 1]), ...spatial]));
    const windows = { kernel_shape: kernel, strides: attributes.ints("strides"), dilations: attributes.ints("dilations"), pads: attributes.ints("pads") };
    return [g.reshapeLike(g.op("Conv", [planes, oneForEachPlace(g, kernel, planes)], windows), input(0)), null, null];
  },
};

/** Kernels [places, 1, …kernel], the i-th with a 1 at place i. */
function oneForEachPlace(g: GraphBuilder, kernel: readonly number[], like: Value): Value {
  const places = kernel.reduce((product, size) => product * size, 1);
  const identity = g.table("float32", [places, 1, ...kernel], (i) => Number(Math.floor(i / places) === i % places), "places");
  return g.castLike(identity, like);
}

/** The windows of ȳ, [N, C, …places in the window, …windows]: element k·dilation + o·stride of the padded axis is place k of window o. */
function gatheredWindows({ g, attributes, input, output, cotangent }: PullbackContext): Value {
  const rank = rankOf(output(0)) - 2;
  const ones = Array.from({ length: rank }, () => 1);
  const [strides, dilations] = [attributes.ints("strides", ones), attributes.ints("dilations", ones)];
  const pads = attributes.ints("pads", [...ones, ...ones].fill(0));
  const axes = g.ints(ones.map((_, axis) => axis + 2));
  const padded = g.op("Pad", [cotangent(0), g.ints(pads), null, axes]);
  const sizes = ones.map((_, axis) => g.dimOf(padded, axis + 2));
  const windows = sizes.reduce((x, size, axis) => {
    const kernel = g.gather(input(2), g.ints([axis]), 0);
    const [stride, dilation] = [g.ints([strides[axis] as number]), g.ints([dilations[axis] as number])];
    const reach = g.add(g.mul(g.sub(kernel, g.ints([1])), dilation), g.ints([1]));
    const count = g.add(g.div(g.sub(size, reach), stride), g.ints([1]));
    const places = g.add(g.unsqueeze(g.mul(range(g, kernel), dilation), [1]), g.mul(range(g, count), stride));
    return g.gather(x, places, 2 + 2 * axis);
  }, padded);
  const pairs = ones.map((_, axis) => 2 + 2 * axis);
  return g.transpose(windows, [0, 1, ...pairs, ...pairs.map((axis) => axis + 1)]);
}

/** 0, 1, 2… below a list of one. */
function range(g: GraphBuilder, end: Value): Value {
  return g.op("Range", [g.int(0), g.squeeze(end, [0]), g.int(1)]);
}
