import { resolveTargets } from "@xdeep/core/backend";
import { XDeepError } from "@xdeep/core";
import type { GraphBuilder, Value } from "@xdeep/onnx";

import { type RowTarget, argmaxTarget, entriesOf, frozenTarget, largestTarget } from "../network/row-target.ts";
import type { ExportOptions } from "./options.ts";

/** How the file finds each row's target, and the input that tells it where there is one. */
export interface ExplainedTarget {
  readonly target: RowTarget;
  readonly inputs: readonly Value[];
}

/**
 * @param scored what holds the scores: the output, or the argument of its final activation
 * @param output name and value of the output as targets index it
 * @throws {XDeepError} TARGET_INVALID, TARGET_OUT_OF_RANGE; OPTION_INVALID for a target that is frozen and an input
 */
export function explainedTarget(
  g: GraphBuilder,
  scored: Value,
  { target = null, targetInput = false }: ExportOptions,
  output: { readonly name: string; readonly value: Value },
): ExplainedTarget {
  if (Array.isArray(target)) {
    throw new XDeepError("TARGET_INVALID", "A file explains one target in all rows, or takes one per row: `targetInput: true`. Got a list.", {
      details: { target },
    });
  }
  if (targetInput) {
    if (target !== null)
      throw new XDeepError("OPTION_INVALID", "A target is frozen, or it is an input: give `target` or `targetInput`, not both.", { details: { target } });
    const given: Value = { name: g.freshName("target_entry"), facts: { type: "int64", dims: [scored.facts.dims?.[0] ?? null] } };
    return { target: argmaxTarget(g, scored, given), inputs: [given] };
  }
  const entries = entriesOf(scored);
  if (target === null && entries > 1) return { target: argmaxTarget(g, scored, null), inputs: [] };
  const dims = (output.value.facts.dims ?? []).map((dim, axis) => (axis === 0 ? 1 : (dim as number)));
  const resolved = resolveTargets({ name: output.name, dims: dims.length === 0 ? [1] : dims, data: new Float32Array(entries) }, [target]);
  if (typeof target === "object" && target !== null && "max" in target && target.max.includes(null))
    return { target: largestTarget(g, scored, dims.slice(1), target.max), inputs: [] };
  return { target: frozenTarget(g, resolved.entries[0]!), inputs: [] };
}
