import { type Value, unknownFacts } from "@xdeep/onnx";
import type { GradientRule, PullbackContext } from "./rule.ts";

/**
 * Another way to write one rule's gradient, which some engine runs faster. It gives the numbers that the rule gives, under a condition of its
 * own, and says what was measured. A value: listed for an engine, left out to compare.
 */
export interface Lowering {
  /** What messages and comparisons call it. */
  readonly name: string;
  /** The rule that it stands in for. A rule that a caller passes in its place is never lowered. */
  readonly rule: GradientRule;
  /** The engine cannot run the plain form: backward rules that call the rule get this one. Others keep the plain form, which lowerings know by its neighbours. */
  readonly isNeeded?: boolean;
  /** Input cotangents as the rule's pullback returns them, `held` for an entry that another holds; null where the condition does not hold. */
  readonly pullback: (context: PullbackContext) => readonly (Value | null)[] | null;
}

/** In place of an input's cotangent: another entry of the same node holds its share already. */
export const held: Value = { name: "", facts: unknownFacts };

/** A rule that tries its lowerings in order and falls back on its plain form. */
export function lowered(rule: GradientRule, lowerings: readonly Lowering[]): GradientRule {
  const own = lowerings.filter((lowering) => lowering.rule === rule);
  if (own.length === 0) return rule;
  return {
    ...rule,
    pullback: function loweredPullback(context: PullbackContext): readonly (Value | null)[] {
      for (const lowering of own) {
        const cotangents = lowering.pullback(context);
        if (cotangents !== null) return cotangents;
      }
      return rule.pullback(context);
    },
  };
}
