import { GraphBuilder } from "@xdeep/onnx";
import { castEntries } from "../explain/entry-values.ts";
import { type TypedGraph, floatInputs, valueOf } from "../graph/typed-graph.ts";
import { mayCarryGradient } from "../sweep/active-path.ts";
import type { RuleSet } from "../sweep/rule-set.ts";
import { writeGradient } from "../sweep/write-gradient.ts";

/**
 * Checks that everything between the float inputs (or the first floats that a network makes of integer inputs) and an output can be differentiated,
 * by writing the gradient for nobody.
 *
 * @throws {XDeepError} GRADIENT_MISSING with every node that has no rule; MODEL_UNSUPPORTED with every node whose form its rule does not know.
 */
export function checkCoverage(graph: TypedGraph, rules: RuleSet, output: string): void {
  if (!mayCarryGradient(graph, output)) return;
  const g = new GraphBuilder({ opset: graph.opset, taken: new Set(graph.facts.keys()) });
  const { type, dims } = valueOf(graph, output).facts;
  const cotangent = { name: g.freshName(`cotangent of ${output}`), facts: { type, dims } };
  writeGradient(graph, g, { of: output, wrt: [...floatInputs(graph), ...castEntries(graph)], rules }, cotangent);
}
