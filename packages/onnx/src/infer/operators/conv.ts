import type { Dim, Facts } from "../../graphs/facts.ts";
import { addDims, multiplyDims, subtractDims } from "../dim-arithmetic.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";
import { slideWindow, windowExtent, windowGeometry } from "../window.ts";

/** Convolutions, [N, C, …spatial] with weights [M, C / group, …kernel] ([C, M / group, …kernel] for ConvTranspose). */
export const convRules: InferenceRules = {
  Conv: (node) => [convolve(node, 0, 1)],
  DeformConv: (node) => [convolve(node, 0, 1)],
  ConvInteger: (node) => [{ ...convolve(node, 0, 1), type: "int32" }],
  QLinearConv: (node) => [{ ...convolve(node, 0, 3), type: node.type(7) }],
  ConvTranspose: (node) => [transposedConvolve(node)],
};

/** The output of a convolution of input `x` with the weights that are input `w`. */
export function convolve(node: NodeView, x: number, w: number): Facts {
  const [input, weights] = [node.dims(x), node.dims(w)];
  const rank = input?.length ?? weights?.length;
  if (rank === undefined) return tensor(node.type(x), null);
  checkRanks(node, input, weights);
  checkChannels(node, input, weights);
  const kernel = kernelSizes(node, weights, rank);
  const spatial = slideWindow(input?.slice(2) ?? unknownSizes(rank), windowGeometry(node, kernel));
  return tensor(node.type(x), [input?.[0] ?? null, weights?.[0] ?? null, ...spatial]);
}

/** The kernel's sizes, which the attribute may repeat and the weights have. */
function kernelSizes(node: NodeView, weights: readonly Dim[] | null, rank: number): readonly Dim[] {
  const given = node.attributes.ints("kernel_shape");
  const sizes = weights?.slice(2) ?? unknownSizes(rank);
  if (given === undefined) return sizes;
  if (given.length !== sizes.length || given.some((size, axis) => differ(size, sizes[axis]))) {
    throw node.invalid(`kernel_shape is [${given.join(", ")}], the weights are for [${sizes.map((size) => size ?? "?").join(", ")}]`);
  }
  return given;
}

function transposedConvolve(node: NodeView): Facts {
  const [input, weights] = [node.dims(0), node.dims(1)];
  const rank = input?.length ?? weights?.length;
  if (rank === undefined) return tensor(node.type(0), null);
  checkRanks(node, input, weights);
  if (differ(input?.[1], weights?.[0])) throw node.invalid(`the input has ${input?.[1]} channels, the weights are for ${weights?.[0]}`);
  const sizes = input?.slice(2) ?? unknownSizes(rank);
  const channels = multiplyDims(weights?.[1] ?? null, node.attributes.int("group", 1));
  return tensor(node.type(0), [input?.[0] ?? null, channels, ...transposedSizes(node, sizes, weights)]);
}

function transposedSizes(node: NodeView, sizes: readonly Dim[], weights: readonly Dim[] | null): readonly Dim[] {
  const given = node.attributes.ints("output_shape");
  if (given !== undefined && given.length > 0) return given.slice(-sizes.length);
  const geometry = windowGeometry(node, kernelSizes(node, weights, sizes.length + 2));
  const extra = node.attributes.ints("output_padding") ?? [];
  return sizes.map((size, axis) => {
    const stride = geometry.strides[axis] ?? 1;
    if (geometry.autoPad.startsWith("SAME"))
      return coversStride(addDims(windowExtent(geometry, axis), extra[axis] ?? 0), stride) ? multiplyDims(size, stride) : null;
    const pads = geometry.autoPad === "VALID" ? 0 : (geometry.pads[axis] ?? 0) + (geometry.pads[axis + sizes.length] ?? 0);
    const steps = multiplyDims(subtractDims(size, 1), stride);
    return addDims(addDims(steps, windowExtent(geometry, axis)), (extra[axis] ?? 0) - pads);
  });
}

/** With gaps between the windows, engines disagree about the size that SAME stands for. */
function coversStride(extent: Dim, stride: number): boolean {
  return typeof extent === "number" && extent >= stride;
}

function checkRanks(node: NodeView, input: readonly Dim[] | null, weights: readonly Dim[] | null): void {
  const rank = input?.length ?? weights?.length ?? 3;
  if (rank < 3) throw node.invalid(`it convolves tensors of rank ${rank}`);
  if (node.attributes.int("group", 1) < 1) throw node.invalid(`group is ${node.attributes.int("group", 1)}`);
  if (differ(input?.length, weights?.length)) throw node.invalid(`the input has rank ${input?.length}, the weights have rank ${weights?.length}`);
}

function checkChannels(node: NodeView, input: readonly Dim[] | null, weights: readonly Dim[] | null): void {
  const expected = multiplyDims(weights?.[1] ?? null, node.attributes.int("group", 1));
  if (differ(input?.[1], expected)) throw node.invalid(`the input has ${input?.[1]} channels, the weights are for ${expected}`);
}

function differ(a: Dim | undefined, b: Dim | undefined): boolean {
  return typeof a === "number" && typeof b === "number" && a !== b;
}

function unknownSizes(rank: number): readonly Dim[] {
  return Array.from({ length: rank - 2 }, () => null);
}
