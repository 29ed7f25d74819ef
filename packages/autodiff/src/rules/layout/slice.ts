import { type GraphBuilder, type Value, numbersOf, rankOf } from "@xdeep/onnx";
import { copyAdjoint } from "../../formulas/copy-adjoint.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Slice: y is every step-th element of x from start to end along some axes;  x̄ is ȳ there, 0 elsewhere.
 *
 * With steps of 1 and known sizes along those axes that is a Pad; in general the cotangents are scattered.
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

/** How far x reaches beyond y, before and after each axis; null unless steps are 1 and the numbers along the sliced axes are known. */
function padsOf(x: Value, y: Value, [starts, , axes, steps]: readonly (Value | null)[]): readonly number[] | null {
  const [begin, by] = [knownNumbers(starts), knownNumbers(steps)];
  if (begin === null || (steps && by?.every((step) => step === 1) !== true)) return null;
  const along = axes ? knownNumbers(axes) : [...begin.keys()];
  if (along === null || x.facts.dims === null || y.facts.dims === null) return null;
  const rank = rankOf(x);
  const pads = Array<number>(2 * rank).fill(0);
  for (const [i, start] of begin.entries()) {
    const axis = ((along[i] ?? 0) + rank) % rank;
    const [from, to] = [x.facts.dims[axis], y.facts.dims[axis]];
    // An empty part may lie anywhere, and Pad does not take an axis of none.
    if (typeof from !== "number" || typeof to !== "number" || to === 0) return null;
    pads[axis] = start < 0 ? Math.max(start + from, 0) : start;
    pads[axis + rank] = from - to - pads[axis]!;
  }
  return pads;
}

function knownNumbers(value: Value | null | undefined): readonly number[] | null {
  return value ? numbersOf(value.facts) : null;
}
