import { type Dim, type Facts, axisFromFront } from "../../graphs/facts.ts";
import { divideDimsExactly, multiplyDims, productOfDims } from "../dim-arithmetic.ts";
import { factsWithElements } from "../elements.ts";
import type { InferenceRules, NodeView } from "../rule.ts";

/** Operators that keep all elements in their order. */
export const reshapeRules: InferenceRules = {
  Reshape: (node) => [relabelled(node, reshapedDims(node))],
  Flatten: (node) => [relabelled(node, flattenedDims(node))],
  Squeeze: (node) => [relabelled(node, squeezedDims(node))],
  Unsqueeze: (node) => [relabelled(node, unsqueezedDims(node))],
};

/** The first input with other dims. */
function relabelled(node: NodeView, dims: readonly Dim[] | null): Facts {
  return factsWithElements(node.type(0), dims, node.elements(0)?.values ?? null);
}

function reshapedDims(node: NodeView): readonly Dim[] | null {
  const shape = requestedShape(node);
  if (shape === null) return null;
  const input = node.dims(0);
  const allowZero = node.attributes.int("allowzero", 0) === 1;
  const dims = shape.map((dim, axis) => (dim === 0 && !allowZero ? (input?.[axis] ?? null) : dim));
  const inferred = dims.indexOf(-1);
  checkSize(node, input, dims);
  if (inferred < 0) return input === null ? dims : dims.map((dim, axis) => dim ?? missingSize(input, dims, axis));
  return dims.with(inferred, input === null ? null : missingSize(input, dims, inferred));
}

/** The shape input, a null for each element that is known only at run time. */
function requestedShape(node: NodeView): readonly Dim[] | null {
  return node.attributes.ints("shape") ?? node.shape(1);
}

/** The one size left over by the others; null where another is unknown, as it may be −1 itself. */
function missingSize(input: readonly Dim[], dims: readonly Dim[], axis: number): Dim {
  const others = dims.filter((_, other) => other !== axis);
  if (others.some((dim) => dim === null || dim === 0)) return null;
  // Sizes that stand on both sides cancel before the division, whatever they are.
  const rest = [...input];
  const left = others.filter((dim) => {
    const at = rest.indexOf(dim);
    if (at < 0) return true;
    rest.splice(at, 1);
    return false;
  });
  return divideDimsExactly(productOfDims(rest), productOfDims(left));
}

function checkSize(node: NodeView, input: readonly Dim[] | null, dims: readonly Dim[]): void {
  if (input === null || dims.includes(null)) return;
  const from = productOfDims(input);
  const to = productOfDims(dims.filter((dim) => dim !== -1));
  if (typeof from !== "number" || typeof to !== "number") return;
  const fits = dims.includes(-1) ? to === 0 || from % to === 0 : from === to;
  if (!fits) throw node.invalid(`${from} elements do not fit the shape [${dims.join(", ")}]`);
}

function flattenedDims(node: NodeView): readonly Dim[] | null {
  const dims = node.dims(0);
  if (dims === null) return [null, null];
  const split = axisFromFront(node.attributes.int("axis", 1), dims.length);
  return [dims.slice(0, split).reduce<Dim>(multiplyDims, 1), dims.slice(split).reduce<Dim>(multiplyDims, 1)];
}

function squeezedDims(node: NodeView): readonly Dim[] | null {
  const dims = node.dims(0);
  const axes = node.intsOrInput("axes", 1);
  if (dims === null || axes === null) return null;
  // Without axes every axis of size 1 goes: a size that is not known leaves the rank open.
  if (axes === undefined) return dims.every((dim) => typeof dim === "number") ? dims.filter((dim) => dim !== 1) : null;
  const dropped = new Set(axes.map((axis) => node.axis(axis, dims.length)));
  const wide = dims.find((dim, axis) => dropped.has(axis) && typeof dim === "number" && dim !== 1);
  if (wide !== undefined) throw node.invalid(`an axis of size ${wide} cannot be squeezed`);
  return dims.filter((_, axis) => !dropped.has(axis));
}

function unsqueezedDims(node: NodeView): readonly Dim[] | null {
  const dims = node.dims(0);
  const axes = node.intsOrInput("axes", 1);
  if (dims === null || axes === null || axes === undefined) return null;
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => node.axis(axis, rank)));
  const rest = dims.values();
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : ((rest.next().value as Dim | undefined) ?? null)));
}
