import type { Value } from "@xdeep/onnx";
import { insideMask } from "../../formulas/inside-mask.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * Clip: y = min(max(x, low), high);  x̄ = ȳ where low < y < high, else 0; the bounds' cotangents are Σ ȳ over the elements that they replaced.
 *
 * At a bound x̄ = 0. A high below low replaces everything.
 */
export const clipRule: GradientRule = {
  op: "Clip",
  since: [11, 12, 13],
  broadcasts: true,
  pullback: function clipPullback(context) {
    const { g, output, cotangent, inputCount } = context;
    const [low, high] = [bound(context, 1), bound(context, 2)];
    const dx = insideMask(g, output(0), low, high, cotangent(0));
    return [dx, lowCotangent(context, low, high), highCotangent(context, low, high)].slice(0, inputCount);
  },
};

function bound({ input, hasInput }: PullbackContext, i: 1 | 2): Value | null {
  return hasInput(i) ? input(i) : null;
}

function lowCotangent({ g, input, cotangent, wants }: PullbackContext, low: Value | null, high: Value | null): Value | null {
  if (low === null || !wants(1)) return null;
  const below = g.less(input(0), low);
  return g.keepWhere(high === null ? below : g.and(below, g.less(low, high)), cotangent(0));
}

function highCotangent({ g, input, cotangent, wants }: PullbackContext, low: Value | null, high: Value | null): Value | null {
  if (high === null || !wants(2)) return null;
  const raised = low === null ? input(0) : g.op("Max", [input(0), low]);
  return g.keepWhere(g.greater(raised, high), cotangent(0));
}
