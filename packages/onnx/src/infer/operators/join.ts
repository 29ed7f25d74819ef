import { sizeOf } from "@xdeep/core";
import type { Dim, Facts } from "../../graphs/facts.ts";
import { addDims, divideDimsExactly, subtractDims, sumOfDims } from "../dim-arithmetic.ts";
import { type KnownElements, factsWithElements, isSmall } from "../elements.ts";
import { firstType } from "./elementwise.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";
import { selectElements, shiftIndex } from "../select.ts";

/** Concat and Split. */
export const joinRules: InferenceRules = {
  Concat: (node) => [concat(node)],
  Split: split,
};

function concat(node: NodeView): Facts {
  const shapes = node.inputs.map((facts) => facts?.dims ?? null);
  const rank = shapes.find((dims) => dims !== null)?.length;
  if (rank === undefined) return tensor(firstType(node), null);
  if (shapes.some((dims) => dims !== null && dims.length !== rank)) throw node.invalid("its inputs differ in rank");
  const axis = node.axis(node.attributes.int("axis", 0), rank);
  const dims = Array.from({ length: rank }, (_, at) => {
    const sizes = shapes.map((shape) => shape?.[at] ?? null);
    return at === axis ? sizes.reduce(addDims, 0) : sharedSize(node, sizes);
  });
  return factsWithElements(firstType(node), dims, concatElements(node, dims, axis));
}

/** The one size that all have; numbers come before symbols. */
function sharedSize(node: NodeView, sizes: readonly Dim[]): Dim {
  const numbers = new Set(sizes.filter((size) => typeof size === "number"));
  if (numbers.size > 1) throw node.invalid(`sizes ${[...numbers].join(" and ")} meet on an axis that is not joined`);
  return [...numbers][0] ?? sizes.find((size) => size !== null) ?? null;
}

function concatElements(node: NodeView, dims: readonly Dim[], axis: number): readonly Dim[] | null {
  const operands = node.inputs.map((facts, index) => node.elements(index) ?? unknownElements(facts));
  if (!isSmall(dims) || operands.includes(null)) return null;
  const rows = sizeOf(dims.slice(0, axis));
  return Array.from({ length: rows }, (_, row) =>
    (operands as KnownElements[]).flatMap(({ values }) => values.slice((row * values.length) / rows, ((row + 1) * values.length) / rows)),
  ).flat();
}

function unknownElements(facts: Facts | null): KnownElements | null {
  return facts !== null && isSmall(facts.dims) ? { dims: facts.dims, values: Array.from({ length: sizeOf(facts.dims) }, () => null) } : null;
}

function split(node: NodeView): readonly Facts[] {
  const dims = node.dims(0);
  const count = node.node.output.length;
  if (dims === null) return Array.from({ length: count }, () => tensor(node.type(0), null));
  const axis = node.axis(node.attributes.int("axis", 0), dims.length);
  const sizes = splitSizes(node, dims[axis] as Dim, count);
  let start: Dim = 0;
  return sizes.map((size) => {
    const part = tensor(node.type(0), dims.with(axis, size));
    const elements = partElements(node, part.dims, axis, start);
    start = addDims(start, size);
    return factsWithElements(part.type, part.dims, elements);
  });
}

function splitSizes(node: NodeView, size: Dim, count: number): readonly Dim[] {
  const given = node.has(1) ? (node.elements(1)?.values ?? Array.from({ length: count }, () => null)) : node.attributes.ints("split");
  if (given !== undefined) return checkedSizes(node, size, given);
  if (typeof size !== "number") return Array.from({ length: count }, () => divideDimsExactly(size, count));
  // Parts are equal but for a smaller last one.
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, index) => (index < count - 1 ? part : subtractDims(size, part * (count - 1))));
}

function checkedSizes(node: NodeView, size: Dim, parts: readonly Dim[]): readonly Dim[] {
  const whole = sumOfDims(parts);
  if (typeof whole === "number" && typeof size === "number" && whole !== size) throw node.invalid(`parts of ${parts.join(", ")} do not add up to ${size}`);
  return parts;
}

function partElements(node: NodeView, dims: readonly Dim[] | null, axis: number, start: Dim): readonly Dim[] | null {
  const operand = node.elements(0);
  if (operand === null || !isSmall(dims) || typeof start !== "number") return null;
  return selectElements(operand, dims, (index) => shiftIndex(index, axis, start));
}
