import { XDeepError } from "../errors/error.ts";
import type { Rule } from "./model.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** The parameters of a rule, without its name. */
export function ruleParameters(rule: Rule): Parameters {
  if (typeof rule === "string") return {};
  const { name: _name, ...parameters } = rule;
  return parameters;
}

/** @throws {XDeepError} RULE_INVALID for a parameter that the rule does not have */
export function knownParameters(rule: string, parameters: Parameters, known: readonly string[]): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const has = known.length === 0 ? "takes none" : `takes ${known.join(", ")}`;
  throw invalidRule(rule, `has no parameter "${unknown}"; it ${has}`, { parameter: unknown, known });
}

/**
 * A parameter that is a finite number and not negative.
 *
 * @throws {XDeepError} RULE_INVALID for anything else
 */
export function numberParameter(rule: string, parameters: Parameters, name: string, byDefault: number): number {
  const { [name]: value = byDefault } = parameters;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw invalidRule(rule, `takes a number of at least 0 as ${name}, got ${String(value)}`, { got: value });
}

export function invalidRule(rule: string, problem: string, details: Parameters = {}): XDeepError {
  return new XDeepError("RULE_INVALID", `Rule "${rule}" ${problem}.`, { details: { rule, ...details } });
}
