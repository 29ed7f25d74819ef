import type { GradientRule } from "./gradient-rule.ts";
import { registeredRule } from "./registered-rule.ts";

/** Rules by the name of their kernel. Immutable; see `withRules`. */
export type RuleSet = ReadonlyMap<string, GradientRule>;

/** `base` with rules added or replaced. */
export function withRules(base: RuleSet, ...rules: readonly GradientRule[]): RuleSet {
  return new Map([...base, ...rules.map((rule) => [rule.kernel, rule] as const)]);
}

/** The rule of a kernel: of the set, or else the gradient registered with TensorFlow.js, if there is one. */
export function findRule(rules: RuleSet, kernel: string): GradientRule | undefined {
  return rules.get(kernel) ?? registeredRule(kernel);
}
