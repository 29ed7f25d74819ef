import type { Dim, Facts } from "../../graphs/facts.ts";
import { floorDivideDim, multiplyDims } from "../dim-arithmetic.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Resize, by scales or to sizes. */
export const resizeRules: InferenceRules = {
  Resize: (node) => [resize(node)],
  Upsample: (node) => [tensor(node.type(0), scaledDims(node, node.dims(0), node.attributes.floats("scales") ?? node.elements(1)?.values ?? null))],
};

function resize(node: NodeView): Facts {
  const dims = node.dims(0);
  const type = node.type(0);
  if (node.context.opset < 11) return tensor(type, scaledDims(node, dims, node.elements(1)?.values ?? null));
  if (node.has(3) && !isEmpty(node, 3)) return tensor(type, dims && sizedDims(node, dims));
  const scales = node.elements(2)?.values ?? null;
  // A region of interest cuts the input first; it is given in fractions of a size.
  const cropped = node.attributes.string("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize";
  return tensor(type, scaledDims(node, dims, cropped ? null : scales));
}

function isEmpty(node: NodeView, index: number): boolean {
  return node.dims(index)?.[0] === 0;
}

function scaledDims(node: NodeView, dims: readonly Dim[] | null, scales: readonly Dim[] | null): readonly Dim[] | null {
  if (dims === null) return scales === null || node.attributes.has("axes") ? null : scales.map(() => null);
  const axes = resizedAxes(node, dims.length);
  if (scales !== null && scales.length !== axes.length) throw node.invalid(`${scales.length} scales are given for ${axes.length} axes`);
  return dims.map((dim, axis) => (axes.includes(axis) ? scaledSize(dim, scales?.[axes.indexOf(axis)] ?? null) : dim));
}

/** ⌊size · scale⌋ in float32, as engines compute it. For a symbol only where the scale is a fraction of a power of two, which float32 holds exactly. */
function scaledSize(size: Dim, scale: Dim): Dim {
  if (typeof scale !== "number") return null;
  if (typeof size === "number") return Math.floor(Math.fround(Math.fround(scale) * size));
  const parts = [1, 2, 4, 8, 16, 32, 64].find((power) => Number.isInteger(scale * power));
  return parts === undefined ? null : floorDivideDim(multiplyDims(size, scale * parts), parts);
}

function sizedDims(node: NodeView, dims: readonly Dim[]): readonly Dim[] {
  const axes = resizedAxes(node, dims.length);
  const sizes = node.elements(3)?.values;
  if (sizes !== undefined && sizes.length !== axes.length) throw node.invalid(`${sizes.length} sizes are given for ${axes.length} axes`);
  const policy = node.attributes.string("keep_aspect_ratio_policy", "stretch");
  const wanted = axes.map((axis, at) => ({ from: dims[axis] ?? null, to: sizes?.[at] ?? null }));
  const resized = policy === "stretch" ? wanted.map(({ to }) => to) : keptAspect(wanted, policy === "not_larger" ? Math.min : Math.max);
  return dims.map((dim, axis) => (axes.includes(axis) ? (resized[axes.indexOf(axis)] ?? null) : dim));
}

function keptAspect(wanted: readonly { from: Dim; to: Dim }[], pick: (...scales: number[]) => number): readonly Dim[] {
  if (wanted.some(({ from, to }) => typeof from !== "number" || typeof to !== "number")) return wanted.map(() => null);
  const pairs = wanted as readonly { from: number; to: number }[];
  const scale = pick(...pairs.map(({ from, to }) => to / from));
  // Near one half the rounding depends on the engine's arithmetic.
  return pairs.map(({ from }) => (Math.abs(((from * scale) % 1) - 0.5) < 1e-4 ? null : Math.round(from * scale)));
}

function resizedAxes(node: NodeView, rank: number): readonly number[] {
  return (node.attributes.ints("axes") ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) => node.axis(axis, rank));
}
