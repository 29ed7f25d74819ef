import { XDeepError } from "@xdeep/core";

type Parameters = Readonly<Record<string, unknown>>;

/** @throws {XDeepError} RULE_INVALID for a parameter: the rule has none */
export function noParameters(rule: string, parameters: Parameters): void {
  knownParameters(rule, parameters, []);
}

/** @throws {XDeepError} RULE_INVALID for a parameter that the rule does not have */
export function knownParameters(rule: string, parameters: Parameters, known: readonly string[]): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const has = known.length === 0 ? "takes none" : `takes ${known.join(", ")}`;
  throw invalidRule(rule, `has no parameter "${unknown}"; it ${has}`, { parameter: unknown, known });
}

export function invalidRule(rule: string, problem: string, details: Parameters = {}): XDeepError {
  return new XDeepError("RULE_INVALID", `Rule "${rule}" ${problem}.`, { details: { rule, ...details } });
}
