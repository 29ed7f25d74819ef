import type { Dim, Facts } from "../../graphs/facts.ts";
import { addDims, isNeverNegative, subtractDims } from "../dim-arithmetic.ts";
import { factsWithElements, isSmall } from "../elements.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";
import { selectElements } from "../select.ts";

/** Slice, with starts, ends, axes and steps as inputs. */
export const sliceRules: InferenceRules = { Slice: (node) => [slice(node)] };

interface Cut {
  readonly start: Dim;
  readonly size: Dim;
  readonly step: number | null;
}

function slice(node: NodeView): Facts {
  const dims = node.dims(0);
  const type = node.type(0);
  if (dims === null) return tensor(type, null);
  const cuts = cutsByAxis(node, dims);
  if (cuts === null)
    return tensor(
      type,
      dims.map(() => null),
    );
  const sliced = dims.map((dim, axis) => (cuts.has(axis) ? (cuts.get(axis) as Cut).size : dim));
  return factsWithElements(type, sliced, slicedElements(node, sliced, cuts));
}

/** Null where even the axes are unknown. */
function cutsByAxis(node: NodeView, dims: readonly Dim[]): ReadonlyMap<number, Cut> | null {
  const starts = bounds(node, "starts", 1);
  const ends = bounds(node, "ends", 2);
  const length = starts?.length ?? ends?.length;
  const axes = node.has(3) ? node.numbers(3) : (node.attributes.ints("axes") ?? (length === undefined ? null : Array.from({ length }, (_, axis) => axis)));
  if (axes === null) return null;
  const steps = node.has(4) ? node.numbers(4) : axes.map(() => 1);
  const cut = (axis: number, at: number): Cut => cutAlong(dims[axis] ?? null, starts?.[at] ?? null, ends?.[at] ?? null, steps?.[at] ?? null);
  return new Map(axes.map((axis, at) => [node.axis(axis, dims.length), cut(node.axis(axis, dims.length), at)]));
}

function bounds(node: NodeView, name: string, index: number): readonly Dim[] | null {
  return node.has(index) ? (node.elements(index)?.values ?? null) : (node.attributes.ints(name) ?? null);
}

function cutAlong(size: Dim, start: Dim, end: Dim, step: number | null): Cut {
  if (step === null || step === 0) return { start: null, size: null, step };
  // Backwards to the largest integer is nothing by the letter, everything to some engines.
  if (step < 0 && typeof end === "number" && end >= 2147483647) return { start, size: null, step };
  if (typeof size === "number" && typeof start === "number" && typeof end === "number") return numericCut(size, start, end, step);
  return step === 1 ? symbolicCut(size, start, end) : { start: null, size: reversedSize(size, start, end, step), step };
}

function numericCut(size: number, start: number, end: number, step: number): Cut {
  const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value < 0 ? value + size : value, least), most);
  const [from, to] = step > 0 ? [clamp(start, 0, size), clamp(end, 0, size)] : [clamp(start, 0, size - 1), clamp(end, -1, size - 1)];
  return { start: from, size: Math.max(0, Math.ceil((to - from) / step)), step };
}

/** What can be said with symbols: slices from the front, up to the end, and between two symbols that are known to be ordered. */
function symbolicCut(size: Dim, start: Dim, end: Dim): Cut {
  const open = { start: null, size: null, step: 1 };
  if (start === null || size === null || end === null) return open;
  const toEnd = end === size || (typeof end === "number" && end >= Number.MAX_SAFE_INTEGER) || end === 2147483647;
  const reach = typeof end === "number" && end < 0 ? addDims(size, end) : end;
  const stop = toEnd ? size : isWithin(reach, size) ? reach : null;
  if (start === 0) return { ...open, start, size: stop };
  // [-k:] takes k elements only where there are that many, which a symbol does not say.
  const length = subtractDims(stop, start);
  return typeof start === "number" && start < 0 ? open : { start, size: isNeverNegative(start) && isWithin(start, stop) ? length : null, step: 1 };
}

/** True where 0 ≤ part ≤ whole for all values of the symbols. */
function isWithin(part: Dim, whole: Dim): boolean {
  return isNeverNegative(part) && isNeverNegative(subtractDims(whole, part));
}

function reversedSize(size: Dim, start: Dim, end: Dim, step: number): Dim {
  const whole = step === -1 && start === -1 && typeof end === "number" && end <= -2147483647;
  return whole ? size : null;
}

function slicedElements(node: NodeView, dims: readonly Dim[], cuts: ReadonlyMap<number, Cut>): readonly Dim[] | null {
  const operand = node.elements(0);
  if (operand === null || !isSmall(dims)) return null;
  return selectElements(operand, dims, (index) => {
    const source = index.map((at, axis) => {
      const cut = cuts.get(axis);
      return cut === undefined ? at : typeof cut.start === "number" && cut.step !== null ? cut.start + at * cut.step : null;
    });
    return source.includes(null) ? null : (source as number[]);
  });
}
