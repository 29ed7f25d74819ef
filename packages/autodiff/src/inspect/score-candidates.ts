import { isFloatType, operandsOf } from "@xdeep/onnx";
import { finalActivation } from "../explain/final-activation.ts";
import type { TypedGraph } from "../graph/typed-graph.ts";
import { forwardReach } from "../sweep/path/active-path.ts";
import { carriesGradient } from "../sweep/coverage.ts";

/**
 * The values to explain in place of an output that has no gradient: the nearest float values behind it that depend on `wrt` by a gradient path,
 * such as the scores that an ArgMax, a NonMaxSuppression, a ZipMap or a count above a threshold reads. Where one of them is a softmax or a
 * sigmoid, its argument stands for it. Empty for outputs that have a gradient.
 */
export function scoreCandidates(graph: TypedGraph, output: string, wrt: readonly string[]): readonly string[] {
  const reached = forwardReach(graph, wrt, carriesGradient);
  if (reached.has(output) && graph.facts.get(output)?.container === undefined) return [];
  const found = new Set<string>();
  const seen = new Set([output]);
  for (const name of seen) {
    const node = graph.producers.get(name);
    if (reached.has(name) && !wrt.includes(name) && node !== undefined && isFloatType(graph.facts.get(name)?.type ?? null)) {
      found.add(finalActivation(graph, name)?.argument ?? name);
    } else if (node !== undefined) {
      for (const operand of operandsOf(node)) if (operand !== "") seen.add(operand);
    }
  }
  return [...found];
}
