import type { GradientRule } from "./rule.ts";

/** Rules by operator. Immutable; see `ruleSet` and `withRules`. */
export type RuleSet = ReadonlyMap<string, GradientRule>;

/** The key of an operator in a rule set: its name, after its domain where that is not ONNX's own. */
export function operatorKey(op: string, domain = ""): string {
  return domain === "" || domain === "ai.onnx" ? op : `${domain}:${op}`;
}

/** A set of these rules; of two for one operator the later counts. */
export function ruleSet(rules: Iterable<GradientRule>): RuleSet {
  return withRules(new Map(), ...rules);
}

/** `base` with rules added or replaced. */
export function withRules(base: RuleSet, ...rules: readonly GradientRule[]): RuleSet {
  return new Map([...base, ...rules.map((rule) => [operatorKey(rule.op, rule.domain), rule] as const)]);
}
