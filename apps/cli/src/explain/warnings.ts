import type { MethodDescription } from "@xdeep/core";
import { actsOnRectifiers, ruleName } from "@xdeep/core/method";

import type { NamedLabels } from "../inputs/labels.ts";
import { formatDims } from "../print/text/format-number.ts";
import { describeTarget } from "../print/describe-target.ts";
import { longAxes } from "./targets/class-axis.ts";
import type { ExplanationRecord } from "./explanation.ts";
import type { ScoredInput } from "./targets/score-input.ts";
import type { TargetWish } from "./targets/target-flag.ts";

/** What a user should know before he trusts an explanation. `rectifiers` are those that the backend knows. */
export function explanationWarnings({ name, rule, rectifiers: met, method }: ExplanationRecord, rectifiers: readonly string[]): readonly string[] {
  const warnings: string[] = [];
  if (actsOnRectifiers(rule) && met === 0) {
    const others = rectifiers.filter((word) => word !== "Relu" && word !== "Relu6").slice(0, 3);
    const instead = others.length === 0 ? "" : ` Other operators can count as rectifiers: --rectifiers ${others.join(",")}.`;
    warnings.push(`${name} met no rectifier (${ruleName(rule)} acts on Relu and Relu6), so this is the plain gradient.${instead}`);
  }
  const missed = missedSteps(method);
  if (missed !== null) warnings.push(`${name}: ${missed} steps did not bring delta within the tolerance. Give another --tolerance, or --steps.`);
  return warnings;
}

/** The most steps that a row took which did not meet its tolerance. */
function missedSteps({ parameters: { steps, converged } }: MethodDescription): number | null {
  if (!Array.isArray(converged) || !Array.isArray(steps) || !converged.includes(false)) return null;
  return Math.max(...(steps as readonly number[]).filter((_, row) => converged[row] === false));
}

/** What a user should know of the target before anything is explained. */
export function scoreWarnings({ rowDims, axis, output, targets }: ScoredInput, wish: TargetWish, named: NamedLabels | null): readonly string[] {
  const long = longAxes(rowDims);
  if (long.length > 1) return axis !== null || wish !== null ? [] : [entryOfMany(rowDims, long, output, describeTarget(targets[0]!), named !== null)];
  const classes = rowDims.reduce((size, dim) => size * dim, 1);
  if (named === null || named.labels.length === classes) return [];
  return [`"${named.path}" has ${named.labels.length} names, but output "${output}" has ${classes} entries per row: the names may be wrong.`];
}

/** The highest entry of an output with several axes can be anything, such as the corner of a box. */
function entryOfMany(rowDims: readonly number[], long: readonly number[], output: string, entry: string, hasLabels: boolean): string {
  const examples = long.map((axis) => `"${rowDims.map((_, n) => (n === axis ? "0" : "*")).join(",")}"`);
  return (
    `Rows of output "${output}" have dims ${formatDims(rowDims)}. Explained is their highest entry, ${entry}, which may be no score but, say, a coordinate of a box. ` +
    `Choose by --target: an entry such as ${rowDims.map(() => "0").join(",")}, or with * the highest along an axis, such as ${examples.join(" or ")}` +
    `${hasLabels ? "; no axis fits the names of --labels" : "; or give --labels, so that classes are found"}.`
  );
}
