import { type GraphBuilder, type Value, numbersOf, staticDims } from "@xdeep/onnx";
import { copyAdjoint } from "../formulas/copy-adjoint.ts";
import type { GradientRule } from "../sweep/rule.ts";

/**
 * Slice: y is every step-th element of x from start to end along some axes;  x̄ is ȳ there, 0 elsewhere.
 *
 * With steps of 1 and dims that are known that is a Pad; in general the cotangents are scattered.
 */
export const sliceRule: GradientRule = {
  op: "Slice",
  since: [10, 11, 13],
  pullback: function slicePullback({ g, input, hasInput, output, cotangent, inputCount }) {
    const [x, dy] = [input(0), cotangent(0)];
    const ranges = Array.from({ length: inputCount - 1 }, (_, i) => (hasInput(i + 1) ? input(i + 1) : null));
    const pads = padsOf(x, output(0), ranges);
    const dx = pads === null ? copyAdjoint(g, x, dy, false, (positions) => g.op("Slice", [positions, ...ranges])) : padded(g, dy, pads);
    return [dx, ...ranges.map(() => null)];
  },
};

function padded(g: GraphBuilder, dy: Value, pads: readonly number[]): Value {
  return pads.every((pad) => pad === 0) ? dy : g.pad(dy, g.ints(pads));
}

/** How far x reaches beyond y, before and after each axis; null unless steps are 1 and the numbers are known. */
function padsOf(x: Value, y: Value, [starts, , axes, steps]: readonly (Value | null)[]): readonly number[] | null {
  const [from, to, begin, by] = [staticDims(x.facts), staticDims(y.facts), knownNumbers(starts), knownNumbers(steps)];
  if (from === null || to === null || begin === null || (steps && by?.every((step) => step === 1) !== true)) return null;
  const along = axes ? knownNumbers(axes) : [...begin.keys()];
  if (along === null || to.includes(0)) return null;
  const before = from.map(() => 0);
  for (const [i, start] of begin.entries()) {
    const axis = ((along[i] ?? 0) + from.length) % from.length;
    const size = from[axis] ?? 0;
    before[axis] = start < 0 ? Math.max(start + size, 0) : start;
  }
  return [...before, ...from.map((size, axis) => size - (to[axis] ?? 0) - (before[axis] ?? 0))];
}

function knownNumbers(value: Value | null | undefined): readonly number[] | null {
  return value ? numbersOf(value.facts) : null;
}
