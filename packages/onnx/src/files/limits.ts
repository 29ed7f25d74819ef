import { XDeepError } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/backend";
import type { NodeProto } from "../gen/onnx_pb.ts";

/** How much of a machine a model may claim. What a file says costs bytes; what it asks for may be without end. */
export interface ModelLimits {
  /**
   * Nodes of the model, with those of its subgraphs, and with its functions in place of their calls; one of many inputs counts once more for every 8 of them.
   * A gradient may have four times as many, and a model four times as many weights. Default 8000.
   */
  readonly nodes: number;
  /** Inputs, or outputs, of one node or of the model: engines take time that grows with the square. Default 1024. */
  readonly arity: number;
  /** Subgraphs within each other, and functions that call each other. Default 32. */
  readonly depth: number;
  /**
   * Elements of all constants together that the model makes rather than stores (ConstantOfShape, Range, a sparse tensor written out, …), beyond
   * eight for each element that it stores; and of the constants that a gradient needs. Default 2²⁴.
   */
  readonly constantElements: number;
  /**
   * Elements of all values together that a run over one row, or over the batch that the file fixes, computes, beyond 2¹⁴ for each element of the
   * inputs and of the weights: what is larger has a size that the file alone chose. Default 2²³.
   */
  readonly valueElements: number;
  /**
   * Rounds of all loops together whose number the data decide, in one run. Each row of nested loops counts, and a round whose body is large counts for more: such a
   * loop takes no longer than `valueElements` allow one that says its number. Default 10,000; Infinity for no bound.
   */
  readonly loopRounds: number;
  /** Elements that a run is filled up to where the file fixes a batch and fewer rows are given. Default 10⁷. */
  readonly filledElements: number;
}

export const DEFAULT_LIMITS: ModelLimits = {
  nodes: 8000,
  arity: 1024,
  depth: 32,
  constantElements: 2 ** 24,
  valueElements: 2 ** 23,
  loopRounds: 10_000,
  filledElements: 1e7,
};

/**
 * The limits with the default for each that is left out.
 *
 * @throws {XDeepError} OPTION_INVALID for a limit that does not exist, or is no positive number
 */
export function resolveLimits(limits: Partial<ModelLimits> = {}): ModelLimits {
  checkOptionNames("limits", limits, Object.keys(DEFAULT_LIMITS));
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (typeof value === "number" && value > 0) continue;
    throw new XDeepError("OPTION_INVALID", `limits.${name} is a positive number, got ${String(value)}.`, { details: { option: `limits.${name}`, got: value } });
  }
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}

/** What nodes count for under `limits.nodes`, without their subgraphs: each input is a term of some gradient. */
export function nodesUnderLimit(nodes: readonly NodeProto[]): number {
  return nodes.reduce((sum, { input }) => sum + 1 + Math.floor(input.length / 8), 0);
}

/** The error for a model that asks for more than a limit allows. `what` reads "1000000 nodes". */
export function beyondLimit(limit: keyof ModelLimits, allowed: number, what: string, where: string): XDeepError {
  return new XDeepError(
    "MODEL_UNSUPPORTED",
    `${where} asks for ${what}; at most ${allowed} are allowed (limits.${limit}). If you trust the file, raise the limit: { limits: { ${limit}: … } }.`,
    { details: { limit, option: `limits.${limit}`, allowed, where } },
  );
}
