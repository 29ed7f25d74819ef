import { XDeepError } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/backend";

/** How much of a machine a model may claim. What a file says costs bytes; what it asks for may be without end. */
export interface ModelLimits {
  /** Nodes of the model, with those of its subgraphs, and with its functions in place of their calls. A gradient may have ten times as many. Default 50,000. */
  readonly nodes: number;
  /** Subgraphs within each other, and functions that call each other. Default 32. */
  readonly depth: number;
  /** Elements of all constants together that the model does not store but makes (ConstantOfShape, Range, a sparse tensor, …), or that its gradient needs. Default 2²⁶. */
  readonly constantElements: number;
  /**
   * Elements of all values together that a run over one row, or over the batch that the file fixes, computes. Null, the default: 2¹⁴ for each
   * element of the inputs and the weights, at least 2²⁵ and at most 2³³. What is larger than what it is made of by more is a size that the file alone chose.
   */
  readonly valueElements: number | null;
}

export const DEFAULT_LIMITS: ModelLimits = { nodes: 50_000, depth: 32, constantElements: 2 ** 26, valueElements: null };

/**
 * The limits with the default for each that is left out.
 *
 * @throws {XDeepError} OPTION_INVALID for a limit that does not exist, or is no positive number
 */
export function resolveLimits(limits: Partial<ModelLimits> = {}): ModelLimits {
  checkOptionNames("limits", limits, Object.keys(DEFAULT_LIMITS));
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if ((typeof value === "number" && value > 0) || (value === null && name === "valueElements")) continue;
    throw new XDeepError("OPTION_INVALID", `limits.${name} is a positive number, got ${String(value)}.`, { details: { option: `limits.${name}`, got: value } });
  }
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}

/** The error for a model that asks for more than a limit allows. `what` reads "1000000 nodes". */
export function beyondLimit(limit: keyof ModelLimits, allowed: number, what: string, where: string): XDeepError {
  return new XDeepError(
    "MODEL_UNSUPPORTED",
    `${where} asks for ${what}; at most ${allowed} are allowed (limits.${limit}). If you trust the file, raise the limit: { limits: { ${limit}: … } }.`,
    { details: { limit, option: `limits.${limit}`, allowed, where } },
  );
}
