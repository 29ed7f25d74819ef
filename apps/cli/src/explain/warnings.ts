import type { MethodDescription } from "@xdeep/core";

import type { ExplanationRecord } from "./explanation.ts";
import { formatPercent } from "../print/format-number.ts";
import type { Labels } from "../inputs/labels.ts";
import type { ScoredInput } from "./score-input.ts";

/** A larger share of F(x) − F(x′) is worth a warning. */
const LARGE_SHARE = 0.05;

/** What a user should know before he trusts an explanation. */
export function explanationWarnings({ name, rule, rectifiers, method, rows }: Omit<ExplanationRecord, "files">): readonly string[] {
  const warnings: string[] = [];
  if (rule !== "standard" && rectifiers === 0) {
    warnings.push(
      `${name} met no rectifier, so this is the plain gradient. \`xdeep check\` lists the activations; name others by --rectifiers, such as LeakyRelu,Elu.`,
    );
  }
  const largest = Math.max(...rows.map(({ convergence }) => convergence?.share ?? 0));
  if (rule === "standard" && largest > LARGE_SHARE) {
    warnings.push(`${name}: the delta is ${formatPercent(largest)} of F(x) - F(baseline). Take more --steps, or give a --tolerance.`);
  }
  if (missesTolerance(method))
    warnings.push(`${name}: --tolerance was not reached within ${String(method.parameters["maxSteps"])} steps. The attributions are those of the last steps.`);
  return warnings;
}

function missesTolerance({ parameters: { converged } }: MethodDescription): boolean {
  return Array.isArray(converged) && converged.includes(false);
}

/** Labels of another model would name every class wrongly. */
export function labelWarnings(labels: Labels | null, path: string | undefined, { classes, output }: ScoredInput): readonly string[] {
  if (labels === null || classes === null || labels.length === classes) return [];
  return [`"${path}" has ${labels.length} names, but output "${output}" has ${classes} entries per row: the names may be wrong.`];
}
