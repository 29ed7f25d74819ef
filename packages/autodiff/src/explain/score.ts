import { type Score, XDeepError } from "@xdeep/core";
import { type Dim, renameNode, takeName, withFields } from "@xdeep/onnx";
import { type TypedGraph, typedGraph } from "../graph/typed-graph.ts";
import { type FinalActivation, finalActivation } from "./final-activation.ts";

export interface ScoredValue {
  /** Name of the value whose entries are the scores, in the order of the output's entries. */
  readonly value: string;
  /** What they are: "logit" where a final activation was passed over, or where there is none and logits were asked for. */
  readonly score: Score;
}

/**
 * The value that a score means. For "logit", the argument of the Softmax, LogSoftmax or Sigmoid that makes the output, written as one operator or
 * in small ones; without such an activation, the output itself.
 *
 * @throws {XDeepError} OPTION_INVALID for another score.
 */
export function scoredValue(graph: TypedGraph, output: string, score: Score): ScoredValue {
  if (score !== "logit" && score !== "probability") {
    throw new XDeepError("OPTION_INVALID", `There is no score "${String(score)}"; it is "logit" or "probability".`, {
      details: { option: "score", got: score },
    });
  }
  const found = score === "logit" ? finalActivation(graph, output) : null;
  if (found === null) return { value: output, score };
  if (keepsRows(graph, found, output)) return { value: found.argument, score };
  return { value: graph.producers.has(logitsName(output)) ? logitsName(output) : output, score };
}

/**
 * The graph with the logits of those outputs whose entries are moved after their activation, as a Transpose to another layout does: the same moves
 * are written again for its argument. Other graphs come back as they are.
 */
export function withLogits(graph: TypedGraph): TypedGraph {
  const names = new Set(graph.facts.keys());
  const nodes = graph.graph.output.flatMap(({ name: output }) => {
    const found = finalActivation(graph, output);
    if (found === null || names.has(logitsName(output)) || keepsRows(graph, found, output)) return [];
    const renamed = new Map([[found.layout[0]?.input[0] ?? "", found.argument]]);
    return found.layout.map((node) => {
      const result = node.output[0] ?? "";
      renamed.set(result, result === output ? logitsName(output) : takeName(names, `${logitsName(output)}/${result}`));
      const copy = renameNode(withFields(node, { output: [result] }), (name) => renamed.get(name) ?? name, "logits");
      return copy;
    });
  });
  if (nodes.length === 0) return graph;
  return typedGraph(withFields(graph.model, { graph: withFields(graph.graph, { node: [...graph.nodes, ...nodes] }) }), graph.limits);
}

function logitsName(output: string): string {
  return `logits of ${output}`;
}

/** Whether the entries of the argument are those of the output, row by row and in the same order. */
function keepsRows(graph: TypedGraph, { argument, layout }: FinalActivation, output: string): boolean {
  if (layout.some(({ opType }) => opType === "Transpose")) return false;
  const [rows, others] = [argument, output].map((name) => graph.facts.get(name)?.dims ?? null) as [readonly Dim[] | null, readonly Dim[] | null];
  return layout.every(({ opType }) => opType === "Cast" || opType === "Dropout" || opType === "Identity") || (rows?.[0] != null && rows[0] === others?.[0]);
}
