import { XDeepError } from "../errors/error.ts";
import { CONTRACT_VERSION } from "./model.ts";
import type { Model, RectifierRule, Rule } from "./model.ts";
import { nearestNames } from "../errors/nearest-names.ts";

/** The backward rules that say how cotangents pass rectifiers. */
export const RULES: readonly RectifierRule[] = ["standard", "guided", "deconvnet"];

/** Further rules that this contract names: relevance in place of gradients (docs/write-a-rule.md). */
export const RELEVANCE_RULES: readonly string[] = ["deeplift", "lrp", "lrp-epsilon", "attn-lrp", "cp-lrp"];

/** Those of them that compare the input with a reference. */
const TWO_RUN_RULES: readonly string[] = ["deeplift"];

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

/** Whether a rule changes how cotangents pass rectifiers, and nothing else: guided and deconvnet, whose gradients add up to nothing. */
export function actsOnRectifiers(rule: Rule): boolean {
  const name = ruleName(rule);
  return name !== "standard" && RULES.some((known) => known === name);
}

/** @throws {XDeepError} RULE_UNKNOWN for a rule that does not exist; CAPABILITY_MISSING for one that the backend does not have */
export function checkRule({ backend, capabilities: { rules } }: Pick<Model, "backend" | "capabilities">, rule: Rule): void {
  const name = ruleName(rule);
  if (rules.includes(name)) return;
  const all: readonly string[] = [...RULES, ...RELEVANCE_RULES];
  if (all.includes(name)) {
    throw new XDeepError("CAPABILITY_MISSING", `Backend "${backend}" has no rule "${name}", only ${rules.join(", ")}.`, {
      details: { capability: "rules", rule: name, rules },
    });
  }
  const known = [...new Set([...all, ...rules])];
  throw new XDeepError("RULE_UNKNOWN", `There is no rule "${String(name)}". Rules: ${known.join(", ")}.`, { details: { rule: name, rules: known } });
}

/**
 * A rule that compares two runs needs the inputs of the other; one of the contract's that does not takes none.
 *
 * @throws {XDeepError} BASELINE_INVALID, OPTION_INVALID
 */
export function checkReferenceOf(rule: Rule, reference: unknown): void {
  const name = ruleName(rule);
  const compares = TWO_RUN_RULES.includes(name);
  if (compares && reference === undefined) {
    throw new XDeepError("BASELINE_INVALID", `Rule "${name}" compares two runs: pass the inputs of the other as \`reference\`.`, { details: { rule } });
  }
  if (compares || reference === undefined || ![...RULES, ...RELEVANCE_RULES].includes(name)) return;
  throw new XDeepError("OPTION_INVALID", `Rule "${name}" looks at one run and takes no \`reference\`.`, { details: { option: "reference", rule } });
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
