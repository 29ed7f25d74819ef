import { XDeepError } from "./error.ts";
import { CONTRACT_VERSION } from "./model.ts";
import type { Model, Rule } from "./model.ts";

/** Every backward rule there is. */
export const RULES: readonly Rule[] = ["standard", "guided", "deconvnet"];

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

/** @throws {XDeepError} RULE_UNKNOWN for a rule that does not exist; CAPABILITY_MISSING for one that the backend does not have */
export function checkRule(model: Model, rule: Rule): void {
  if (!RULES.includes(rule)) {
    throw new XDeepError("RULE_UNKNOWN", `There is no rule "${String(rule)}". Rules: ${RULES.join(", ")}.`, { details: { rule, rules: RULES } });
  }
  if (!model.capabilities.rules.includes(rule)) {
    throw new XDeepError("CAPABILITY_MISSING", `Backend "${model.backend}" has no rule "${rule}", only ${model.capabilities.rules.join(", ")}.`, {
      details: { capability: "rules", rule, rules: model.capabilities.rules },
    });
  }
}
