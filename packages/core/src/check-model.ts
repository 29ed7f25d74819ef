import { XDeepError } from "./error.ts";
import { CONTRACT_VERSION } from "./model.ts";
import type { Model, RectifierRule, Rule } from "./model.ts";
import { nearestNames } from "./nearest-names.ts";

/** The backward rules that say how cotangents pass rectifiers. */
export const RULES: readonly RectifierRule[] = ["standard", "guided", "deconvnet"];

/** Operators that count as rectifiers where nothing is asked: ReLU, and ReLU6 in whatever form it is written. */
export const DEFAULT_RECTIFIERS: readonly string[] = ["Relu", "Relu6"];

/** @throws {XDeepError} CONTRACT_VERSION unless the backend was written for this contract */
export function checkContract(model: Model): void {
  if (typeof model?.vjp !== "function")
    throw new TypeError("An explainer needs a model: an object with inputs, outputs, forward and vjp, as `loadModel` gives.");
  if (model.contractVersion === CONTRACT_VERSION) return;
  throw new XDeepError(
    "CONTRACT_VERSION",
    `Backend "${model.backend}" was written for contract ${String(model.contractVersion)}, this @xdeep/core has contract ${CONTRACT_VERSION}. Install matching versions.`,
    { details: { expected: CONTRACT_VERSION, got: model.contractVersion } },
  );
}

/** The name of a rule, with or without parameters. */
export function ruleName(rule: Rule): string {
  return typeof rule === "string" ? rule : rule.name;
}

/** @throws {XDeepError} RULE_UNKNOWN for a rule that does not exist; CAPABILITY_MISSING for one that the backend does not have */
export function checkRule({ backend, capabilities: { rules } }: Pick<Model, "backend" | "capabilities">, rule: Rule): void {
  const name = ruleName(rule);
  if (rules.includes(name)) return;
  if (RULES.some((known) => known === name)) {
    throw new XDeepError("CAPABILITY_MISSING", `Backend "${backend}" has no rule "${name}", only ${rules.join(", ")}.`, {
      details: { capability: "rules", rule: name, rules },
    });
  }
  const known = [...new Set([...RULES, ...rules])];
  throw new XDeepError("RULE_UNKNOWN", `There is no rule "${String(name)}". Rules: ${known.join(", ")}.`, { details: { rule: name, rules: known } });
}

/**
 * The operators that count as rectifiers: those asked for, or of the usual ones those that the backend has.
 *
 * @throws {XDeepError} OPTION_INVALID for one that the backend does not have
 */
export function checkRectifiers({ backend, capabilities }: Pick<Model, "backend" | "capabilities">, names: readonly string[] | undefined): readonly string[] {
  const { rectifiers } = capabilities;
  if (names === undefined) return DEFAULT_RECTIFIERS.filter((name) => rectifiers.includes(name));
  const unknown = names.find((name) => !rectifiers.includes(name));
  if (unknown === undefined) return names;
  const [nearest] = nearestNames(unknown, rectifiers, 1);
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  throw new XDeepError("OPTION_INVALID", `Backend "${backend}" has no rectifier "${String(unknown)}".${hint} Rectifiers: ${rectifiers.join(", ") || "none"}.`, {
    details: { option: "rectifiers", got: unknown, rectifiers },
  });
}
