import type { Dim, Facts } from "../../graphs/facts.ts";
import { dot, rowMajorStrides } from "../broadcast.ts";
import { productOfDims } from "../dim-arithmetic.ts";
import { factsWithElements, isSmall } from "../elements.ts";
import { type InferenceRule, type InferenceRules, type NodeView, tensor } from "../rule.ts";
import { selectElements } from "../select.ts";

const likeData: InferenceRule = (node) => [tensor(node.type(0), node.dims(0))];

/** Operators that read or write at indices. */
export const gatherRules: InferenceRules = {
  Gather: (node) => [gather(node)],
  GatherElements: (node) => [tensor(node.type(0), node.dims(1))],
  GatherND: (node) => [tensor(node.type(0), gatherNdDims(node))],
  Scatter: likeData,
  ScatterElements: likeData,
  TensorScatter: likeData,
  ScatterND: (node) => [factsWithElements(node.type(0), node.dims(0), scatterNdElements(node))],
  Compress: (node) => [compress(node)],
  NonZero: (node) => [nonZero(node)],
  TopK: topK,
  Unique: unique,
  OneHot: (node) => [oneHot(node)],
};

function gather(node: NodeView): Facts {
  const [data, indices] = [node.dims(0), node.dims(1)];
  if (data === null || indices === null) return tensor(node.type(0), null);
  const axis = node.axis(node.attributes.int("axis", 0), data.length);
  const dims = [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
  return factsWithElements(node.type(0), dims, gatheredElements(node, dims, axis));
}

function gatheredElements(node: NodeView, dims: readonly Dim[], axis: number): readonly Dim[] | null {
  const [data, indices] = [node.elements(0), node.elements(1)];
  if (data === null || indices === null || !isSmall(dims)) return null;
  const size = data.dims[axis] as number;
  return selectElements(data, dims, (index) => {
    const at = indices.values[dot(index.slice(axis, axis + indices.dims.length), rowMajorStrides(indices.dims))];
    if (typeof at !== "number" || at < -size || at >= size) return null;
    return [...index.slice(0, axis), at < 0 ? at + size : at, ...index.slice(axis + indices.dims.length)];
  });
}

function gatherNdDims(node: NodeView): readonly Dim[] | null {
  const [data, indices] = [node.dims(0), node.dims(1)];
  const depth = indices?.at(-1);
  if (data === null || indices === null || typeof depth !== "number") return null;
  return [...indices.slice(0, -1), ...data.slice(node.attributes.int("batch_dims", 0) + depth)];
}

/** Writes of whole elements into a small vector, as exporters make when they assign one size of a shape. */
function scatterNdElements(node: NodeView): readonly Dim[] | null {
  const [data, indices, updates] = [node.elements(0), node.elements(1), node.elements(2)];
  if (data === null || indices === null || updates === null || data.dims.length !== 1 || node.attributes.string("reduction", "none") !== "none") return null;
  const written = [...data.values];
  for (const [i, at] of indices.values.entries()) {
    if (typeof at !== "number") return null;
    written[at < 0 ? at + written.length : at] = updates.values[i] ?? null;
  }
  return written.length === data.values.length ? written : null;
}

function compress(node: NodeView): Facts {
  const dims = node.dims(0);
  const axis = node.attributes.int("axis");
  const taken = node.numbers(1);
  const count = taken === null ? null : taken.filter((flag) => flag !== 0).length;
  if (axis === undefined) return tensor(node.type(0), [count]);
  return tensor(node.type(0), dims === null ? null : dims.with(node.axis(axis, dims.length), count));
}

function nonZero(node: NodeView): Facts {
  const operand = node.elements(0);
  const values = operand?.dims.length === 1 ? node.numbers(0) : null;
  if (values === null) return tensor("int64", [node.rank(0), null]);
  const found = values.flatMap((value, index) => (value === 0 ? [] : [index]));
  return factsWithElements("int64", [1, found.length], found);
}

function topK(node: NodeView): readonly Facts[] {
  const dims = node.dims(0);
  if (dims === null) return [tensor(node.type(0), null), tensor("int64", null)];
  const axis = node.axis(node.attributes.int("axis", -1), dims.length);
  const count = node.elements(1)?.values[0] ?? node.attributes.int("k") ?? null;
  const taken = dims.with(axis, count);
  return [tensor(node.type(0), taken), tensor("int64", taken)];
}

/** Unique values, where each first occurs, which of them each input is, and how often each occurs. */
function unique(node: NodeView): readonly Facts[] {
  const dims = node.dims(0);
  const axis = node.attributes.int("axis");
  const counts: readonly Dim[] = [null];
  const along = axis === undefined || dims === null ? null : node.axis(axis, dims.length);
  const values = axis === undefined ? counts : dims && dims.with(along ?? 0, null);
  const inverse = dims === null ? null : along === null ? productOfDims(dims) : (dims[along] ?? null);
  return [tensor(node.type(0), values), tensor("int64", counts), tensor("int64", [inverse]), tensor("int64", counts)];
}

function oneHot(node: NodeView): Facts {
  const indices = node.dims(0);
  if (indices === null) return tensor(node.type(2), null);
  const axis = node.axis(node.attributes.int("axis", -1), indices.length + 1);
  return tensor(node.type(2), indices.toSpliced(axis, 0, node.elements(1)?.values[0] ?? null));
}
