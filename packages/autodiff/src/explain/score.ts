import { type Score, XDeepError } from "@xdeep/core";
import type { TypedGraph } from "../graph/typed-graph.ts";

/** Final activations that turn logits into probabilities. */
const FINAL_ACTIVATIONS: ReadonlySet<string> = new Set(["LogSoftmax", "Sigmoid", "Softmax"]);

/** Operators that pass every entry on unchanged and in order. */
const ORDER_KEEPING: ReadonlySet<string> = new Set(["Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

export interface ScoredValue {
  /** Name of the value whose entries are the scores, in the order of the output's entries. */
  readonly value: string;
  /** What they are: "logit" where a final activation was passed over, or where there is none and logits were asked for. */
  readonly score: Score;
}

/**
 * The value that a score means. For "logit", the argument of the Softmax, LogSoftmax or Sigmoid that makes the output, looked for behind
 * operators that only rename or reshape; without such an activation, the output itself.
 *
 * @throws {XDeepError} OPTION_INVALID for another score.
 */
export function scoredValue(graph: TypedGraph, output: string, score: Score): ScoredValue {
  if (score !== "logit" && score !== "probability") {
    throw new XDeepError("OPTION_INVALID", `There is no score "${String(score)}"; it is "logit" or "probability".`, {
      details: { option: "score", got: score },
    });
  }
  return { value: score === "logit" ? (finalActivationInput(graph, output) ?? output) : output, score };
}

/** The argument of a final activation, or null where the output has none. */
export function finalActivationInput(graph: TypedGraph, output: string): string | null {
  for (let name = output; ;) {
    const node = graph.producers.get(name);
    if (node === undefined || node.output[0] !== name) return null;
    const source = node.input[0] ?? "";
    if (FINAL_ACTIVATIONS.has(node.opType)) return source;
    if (!ORDER_KEEPING.has(node.opType)) return null;
    name = source;
  }
}
