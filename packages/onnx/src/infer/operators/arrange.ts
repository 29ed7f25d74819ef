import { sizeOf } from "@xdeep/core";
import type { Dim, Facts } from "../../graphs/facts.ts";
import { broadcastDims, broadcastElements, dot, rowMajorStrides, unravel } from "../broadcast.ts";
import { addDims, divideDimsExactly, multiplyDims } from "../dim-arithmetic.ts";
import { type KnownElements, factsWithElements, isSmall } from "../elements.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Operators that permute, repeat or pad elements. */
export const arrangeRules: InferenceRules = {
  Transpose: (node) => [transpose(node)],
  Expand: (node) => [expand(node)],
  Tile: (node) => [tile(node)],
  Pad: (node) => [pad(node)],
  DepthToSpace: (node) => [blocks(node, (dim, axis, size) => (axis === 1 ? divideDimsExactly(dim, size * size) : multiplyDims(dim, size)))],
  SpaceToDepth: (node) => [blocks(node, (dim, axis, size) => (axis === 1 ? multiplyDims(dim, size * size) : divideDimsExactly(dim, size)))],
  CenterCropPad: (node) => [centerCropPad(node)],
};

function transpose(node: NodeView): Facts {
  const dims = node.dims(0);
  if (dims === null) return tensor(node.type(0), null);
  const permutation = node.attributes.ints("perm") ?? dims.map((_, axis) => dims.length - 1 - axis);
  if (permutation.length !== dims.length || !dims.every((_, axis) => permutation.includes(axis))) {
    throw node.invalid(`perm is [${permutation.join(", ")}], which does not order ${dims.length} axes`);
  }
  const permuted = permutation.map((axis) => dims[axis] as Dim);
  const operand = node.elements(0);
  return factsWithElements(node.type(0), permuted, operand && transposed(operand, permutation));
}

function transposed({ dims, values }: KnownElements, permutation: readonly number[]): readonly Dim[] {
  const to = permutation.map((axis) => dims[axis] as number);
  const strides = rowMajorStrides(dims);
  const steps = permutation.map((axis) => strides[axis] as number);
  return Array.from({ length: sizeOf(dims) }, (_, flat) => values[dot(unravel(flat, to), steps)] ?? null);
}

function expand(node: NodeView): Facts {
  const shape = node.shape(1);
  const dims = shape === null ? null : broadcastDims([node.dims(0), shape]);
  if (dims === "contradiction") throw node.invalid(`it does not broadcast to [${shape?.join(", ")}]`);
  const operand = node.elements(0);
  const elements = operand !== null && isSmall(dims) ? broadcastElements(dims, [operand], ([value]) => value ?? null) : null;
  return factsWithElements(node.type(0), dims, elements);
}

function tile(node: NodeView): Facts {
  const dims = node.dims(0);
  const repeats = node.elements(1)?.values;
  const tiled = dims?.map((dim, axis) => (repeats === undefined ? null : multiplyDims(dim, repeats[axis] ?? null))) ?? null;
  const operand = node.elements(0);
  if (operand === null || !isSmall(tiled)) return tensor(node.type(0), tiled);
  const strides = rowMajorStrides(operand.dims);
  const elements = Array.from({ length: sizeOf(tiled) }, (_, flat) => {
    const index = unravel(flat, tiled).map((at, axis) => at % (operand.dims[axis] as number));
    return operand.values[dot(index, strides)] ?? null;
  });
  return factsWithElements(node.type(0), tiled, elements);
}

function pad(node: NodeView): Facts {
  const dims = node.dims(0);
  if (dims === null) return tensor(node.type(0), null);
  const pads = node.elements(1)?.values ?? node.attributes.ints("pads");
  const axes = node.has(3) ? node.numbers(3)?.map((axis) => node.axis(axis, dims.length)) : dims.map((_, axis) => axis);
  if (axes === undefined || pads === undefined)
    return tensor(
      node.type(0),
      dims.map(() => null),
    );
  const padded = dims.map((dim, axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? dim : addDims(dim, addDims(pads[at] ?? null, pads[at + axes.length] ?? null));
  });
  return factsWithElements(node.type(0), padded, paddedElements(node, padded, pads, axes));
}

/** Elements of a small constant-padded vector, as exporters make from `torch.nn.functional.pad`. */
function paddedElements(node: NodeView, padded: readonly Dim[], pads: readonly Dim[], axes: readonly number[]): readonly Dim[] | null {
  const operand = node.elements(0);
  const fill = node.has(2) ? node.number(2) : 0;
  const [begin, end] = pads;
  if (operand?.dims.length !== 1 || axes.length !== 1 || !isSmall(padded) || node.attributes.string("mode", "constant") !== "constant") return null;
  if (typeof begin !== "number" || typeof end !== "number" || begin < 0 || end < 0) return null;
  return [...Array.from({ length: begin }, () => fill), ...operand.values, ...Array.from({ length: end }, () => fill)];
}

function blocks(node: NodeView, resize: (dim: Dim, axis: number, size: number) => Dim): Facts {
  const size = node.attributes.int("blocksize", 1);
  return tensor(node.type(0), node.dims(0)?.map((dim, axis) => (axis === 0 ? dim : resize(dim, axis, size))) ?? null);
}

function centerCropPad(node: NodeView): Facts {
  const dims = node.dims(0);
  if (dims === null) return tensor(node.type(0), null);
  const axes = (node.attributes.ints("axes") ?? dims.map((_, axis) => axis)).map((axis) => node.axis(axis, dims.length));
  const shape = node.elements(1)?.values;
  return tensor(
    node.type(0),
    dims.map((dim, axis) => (axes.includes(axis) ? (shape?.[axes.indexOf(axis)] ?? null) : dim)),
  );
}
