import { type XDeepError, isXDeepError } from "@xdeep/core";
import { entryValues } from "../explain/entry-values.ts";
import { type TypedGraph, builderFor, valueOf } from "../graph/typed-graph.ts";
import { mayCarryGradient } from "../sweep/path/active-path.ts";
import type { RuleSet } from "../sweep/rule-set.ts";
import { writeGradient } from "../sweep/writing/write-gradient.ts";

/**
 * Checks that everything between the entry values and an output can be differentiated, by writing the gradient for nobody.
 *
 * @throws {XDeepError} GRADIENT_MISSING with every node that has no rule; MODEL_UNSUPPORTED with every node whose form its rule does not know.
 */
export function checkCoverage(graph: TypedGraph, rules: RuleSet, output: string, wrt: readonly string[] = entryValues(graph)): void {
  if (!mayCarryGradient(graph, output)) return;
  const g = builderFor(graph);
  const { type, dims } = valueOf(graph, output).facts;
  const cotangent = { name: g.freshName(`cotangent of ${output}`), facts: { type, dims } };
  writeGradient(graph, g, { of: output, wrt, rules }, cotangent);
}

/** What `checkCoverage` throws, or null where all is well. */
export function coverageProblem(...check: Parameters<typeof checkCoverage>): XDeepError | null {
  try {
    checkCoverage(...check);
    return null;
  } catch (error) {
    if (isXDeepError(error)) return error;
    throw error;
  }
}
