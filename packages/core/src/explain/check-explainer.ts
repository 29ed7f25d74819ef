import { checkContract } from "../contract/check-model.ts";
import type { Explainer } from "../contract/explainer.ts";

/**
 * @throws {TypeError} for what is no explainer, such as a bare model
 * @throws {XDeepError} CONTRACT_VERSION unless its backend was written for this contract
 */
export function checkExplainer(explainer: Explainer): void {
  if (typeof explainer?.explain !== "function")
    throw new TypeError("Expected an explainer, an object with `model` and `explain`: wrap a model first, as in new Backprop(model).");
  checkContract(explainer.model);
}
