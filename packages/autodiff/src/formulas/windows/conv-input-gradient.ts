import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";
import { type Windows, extent, knownDims, ones, padsBeginValue, spatialAxes, spatialDims } from "./conv-geometry.ts";

/** A convolution whose input gradient is wanted. */
export interface ConvAdjoint {
  readonly windows: Windows;
  readonly group: number;
  /** [M, C / group, …kernel]. */
  readonly weights: Value;
  /** Forward input [N, C, …]: only its dims are used. */
  readonly input: Value;
}

/** Below so many input channels a flipped convolution wastes its vector lanes, and the transposed one is faster (measured). */
const FEW_CHANNELS = 8;

/**
 * x̄ of a convolution, in the form that ONNX Runtime runs fastest (ratios to the forward convolution were measured on its CPU kernels):
 * stride 1 as a convolution with flipped weights (1.0 to 1.4; a transposed convolution 1.4 to 13), the rest as a transposed convolution.
 */
export function convInputGradient(g: GraphBuilder, adjoint: ConvAdjoint, dy: Value): Value {
  const { windows, group, input } = adjoint;
  const channels = input.facts.dims?.[1];
  const few = group === 1 && typeof channels === "number" && channels < FEW_CHANNELS;
  const pads = flippedPads(windows);
  if (pads !== null && !few && windows.strides.every((stride) => stride === 1)) return flippedConv(g, adjoint, dy, pads);
  const dims = knownDims(spatialDims(input));
  const outputs = knownDims(spatialDims(dy));
  return dims !== null && outputs !== null && windows.pads !== null ? transposedConv(g, adjoint, dy, dims, outputs) : transposedConvThenSlice(g, adjoint, dy);
}

/** Padding of the flipped convolution: (k − 1) · dilation − pad on either side; null where that would be negative or is not known. */
function flippedPads({ pads, kernel, dilations }: Windows): readonly number[] | null {
  if (pads === null) return null;
  const spans = kernel.map((_, axis) => extent({ kernel, dilations }, axis) - 1);
  const flipped = [...spans.map((span, axis) => span - pads.begin[axis]!), ...spans.map((span, axis) => span - pads.end[axis]!)];
  return flipped.every((pad) => pad >= 0) ? flipped : null;
}

function flippedConv(g: GraphBuilder, { windows, group, weights }: ConvAdjoint, dy: Value, pads: readonly number[]): Value {
  const { kernel, dilations } = windows;
  return g.op("Conv", [dy, flippedWeights(g, weights, group)], { kernel_shape: kernel, dilations, strides: ones(kernel.length), pads, group });
}

/** [M, C / group, …k] with its kernels turned round and its channels exchanged inside each group: [C, M / group, …k]. Folds to an initializer at load. */
export function flippedWeights(g: GraphBuilder, weights: Value, group: number): Value {
  return exchangedChannels(g, flipped(g, weights), group);
}

function flipped(g: GraphBuilder, weights: Value): Value {
  const axes = spatialAxes(weights).filter((axis) => weights.facts.dims?.[axis] !== 1);
  if (axes.length === 0) return weights;
  const [starts, ends, steps] = [-1, -(2 ** 31), -1].map((value) => g.ints(axes.map(() => value))) as [Value, Value, Value];
  return g.slice(weights, starts, ends, g.ints(axes), steps);
}

function exchangedChannels(g: GraphBuilder, weights: Value, group: number): Value {
  const rank = rankOf(weights);
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i);
  if (group === 1) return g.transpose(weights, [1, 0, ...spatial.map((axis) => axis + 2)]);
  const [outputs, perGroup] = weights.facts.dims ?? [];
  if (outputs === group && perGroup === 1) return weights;
  const split = g.reshape(weights, g.concat([g.ints([group, -1]), g.op("Shape", [weights], { start: 1 })], 0));
  const exchanged = g.transpose(split, [0, 2, 1, ...spatial.map((axis) => axis + 3)]);
  return g.reshape(exchanged, g.concat([g.ints([-1]), g.op("Shape", [exchanged], { start: 2 })], 0));
}

function transposedConv(g: GraphBuilder, { windows, group, weights }: ConvAdjoint, dy: Value, dims: readonly number[], outputs: readonly number[]): Value {
  const { kernel, strides, dilations, pads } = windows;
  const rest = dims.map((dim, axis) => dim + pads!.begin[axis]! + pads!.end[axis]! - extent(windows, axis) - (outputs[axis]! - 1) * strides[axis]!);
  // Negative where a pool's ceil_mode lets the last window reach beyond the padding.
  const end = pads!.end.map((pad, axis) => pad - Math.min(rest[axis]!, 0));
  const outputPadding = rest.map((pad) => Math.max(pad, 0));
  return g.op("ConvTranspose", [dy, weights], {
    kernel_shape: kernel,
    strides,
    dilations,
    group,
    pads: [...pads!.begin, ...end],
    ...(outputPadding.some((pad) => pad > 0) ? { output_padding: outputPadding } : {}),
  });
}

/** For dims known only at run time: everything a window may touch, cut to the input. */
function transposedConvThenSlice(g: GraphBuilder, { windows, group, weights, input }: ConvAdjoint, dy: Value): Value {
  const { kernel, strides, dilations } = windows;
  const rest = strides.map((stride) => stride - 1);
  const whole = g.op("ConvTranspose", [dy, weights], {
    kernel_shape: kernel,
    strides,
    dilations,
    group,
    ...(rest.some((pad) => pad > 0) ? { output_padding: rest } : {}),
  });
  const begin = padsBeginValue(g, windows, input);
  const end = g.add(begin, g.op("Shape", [input], { start: 2 }));
  return g.slice(whole, begin, end, g.ints(spatialAxes(input)));
}
