import type { Dim } from "../graphs/facts.ts";
import { addDims, ceilDivideDim, floorDivideDim, multiplyDims, subtractDims } from "./dim-arithmetic.ts";
import type { NodeView } from "./rule.ts";

/** How a sliding window moves along each spatial axis. */
export interface WindowGeometry {
  readonly kernel: readonly Dim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins of all axes, then ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
  readonly ceil: boolean;
}

/** The window attributes of a convolution or pool over `rank` spatial axes. */
export function windowGeometry(node: NodeView, kernel: readonly Dim[]): WindowGeometry {
  const { attributes } = node;
  checkSteps(node, "kernel_shape", kernel);
  return {
    kernel,
    strides: steps(node, "strides", kernel),
    dilations: steps(node, "dilations", kernel),
    pads: listOf(node, "pads", 2 * kernel.length) ?? [...kernel, ...kernel].map(() => 0),
    autoPad: attributes.string("auto_pad", "NOTSET"),
    ceil: attributes.int("ceil_mode", 0) === 1,
  };
}

function steps(node: NodeView, name: string, kernel: readonly Dim[]): readonly number[] {
  const list = listOf(node, name, kernel.length) ?? kernel.map(() => 1);
  checkSteps(node, name, list);
  return list;
}

/** A list of so many numbers; undefined where it is left out. */
function listOf(node: NodeView, name: string, length: number): readonly number[] | undefined {
  const list = node.attributes.ints(name);
  if (list !== undefined && list.length !== length) throw node.invalid(`${name} has ${list.length} numbers, expected ${length}`);
  return list;
}

function checkSteps(node: NodeView, name: string, list: readonly Dim[]): void {
  const small = list.find((size) => typeof size === "number" && size < 1);
  if (small !== undefined) throw node.invalid(`${name} holds ${small}`);
}

/** Output sizes of a window that slides over `sizes`. */
export function slideWindow(sizes: readonly Dim[], geometry: WindowGeometry): readonly Dim[] {
  return sizes.map((size, axis) => slideAlong(size, axis, geometry));
}

function slideAlong(size: Dim, axis: number, geometry: WindowGeometry): Dim {
  const { strides, pads, autoPad, ceil } = geometry;
  const stride = strides[axis] ?? 1;
  if (autoPad.startsWith("SAME")) return ceilDivideDim(size, stride);
  const [begin, end] = autoPad === "VALID" ? [0, 0] : [pads[axis] ?? 0, pads[axis + sizesOf(geometry)] ?? 0];
  const extent = windowExtent(geometry, axis);
  const room = subtractDims(addDims(size, begin + end), extent);
  // What a window larger than its input yields differs from engine to engine.
  if (typeof room === "number" && room < 0) return null;
  if (!ceil) return addDims(floorDivideDim(room, stride), 1);
  return ceilCount(size, begin, end, extent, room, stride);
}

/** With ceil_mode the last window may run over the end, but must not begin in the padding behind it. */
function ceilCount(size: Dim, begin: number, end: number, extent: Dim, room: Dim, stride: number): Dim {
  const count = addDims(ceilDivideDim(room, stride), 1);
  if (typeof count === "number" && typeof size === "number") return (count - 1) * stride >= size + begin ? count - 1 : count;
  return typeof extent === "number" && stride + end <= extent ? count : null;
}

/** Cells that a dilated window spans: (kernel − 1) · dilation + 1. */
export function windowExtent({ kernel, dilations }: WindowGeometry, axis: number): Dim {
  return addDims(multiplyDims(subtractDims(kernel[axis] ?? null, 1), dilations[axis] ?? 1), 1);
}

function sizesOf({ kernel }: WindowGeometry): number {
  return kernel.length;
}
