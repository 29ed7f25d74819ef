import { join } from "node:path";

import { type FloatTensor, type Rule, type Target, sliceRows } from "@xdeep/core";

import { isDrawable } from "../write/draw.ts";
import type { ExplainedRow, Explanation, ExplanationRecord } from "../explain/explanation.ts";
import { attributionTable } from "./attribution-table.ts";
import { formatDims, formatNumber, formatPercent, formatProbability } from "./format-number.ts";
import type { Labels } from "../inputs/labels.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import type { EntryKind, ScoredInput } from "../explain/score-input.ts";
import { textTable } from "./text-table.ts";

const ENTRY_NOTES: Readonly<Record<EntryKind, string>> = {
  probabilities: "probabilities, a softmax",
  "log-probabilities": "log-probabilities, a log-softmax",
  "sigmoid-probabilities": "probabilities, a sigmoid for each class",
  scores: "scores as the model gives them, no probabilities",
};

/** What the model says to an input. */
export function describeScores({ path, info, feeds, plan }: PreparedInput, scored: ScoredInput): string {
  const rows = scored.top.length;
  const blocks = scored.top.map((top, row) => {
    const heading = `  ${rows === 1 ? "" : `row ${row}: `}highest of "${scored.output}" (${ENTRY_NOTES[scored.kind]})`;
    return `${heading}\n${textTable(
      [{ heading: "", align: "right" }, { heading: "" }, { heading: "", align: "right" }],
      top.map(({ target, name, value }) => [
        describeTarget(target),
        name ?? "",
        scored.kind.endsWith("robabilities") && scored.kind !== "log-probabilities" ? formatProbability(value) : formatNumber(value),
      ]),
      "    ",
    )}`;
  });
  const preset = plan === null ? "" : `, preset ${plan.preset}`;
  return `${path} (${info.name} ${formatDims(feeds[info.name]!.dims)}${preset})\n${blocks.join("\n")}\n`;
}

export interface DescribeOptions {
  /** Where the files were written. */
  readonly folder: string;
  readonly features: Labels | null;
  readonly layout: PreparedInput["layout"];
}

/** What a method found, and where it was written. */
export function describeExplanation(record: ExplanationRecord, values: Explanation["values"], { folder, features, layout }: DescribeOptions): string {
  const lines = [`  ${record.name}`];
  record.rows.forEach((row, n) => {
    const prefix = record.rows.length === 1 ? "" : `row ${n}: `;
    lines.push(`    explained    ${prefix}${nameTarget(row)}, ${record.entries === "scores" ? "score" : record.score} ${formatNumber(row.score)}`);
    if (row.convergence !== undefined) lines.push(`    delta        ${prefix}${describeConvergence(row.convergence, record.rule)}`);
  });
  if (record.rule !== "standard") lines.push(`    rectifiers   ${record.rectifiers}`);
  lines.push(
    ...tables(
      record,
      Object.entries(values).filter(([, tensor]) => !isDrawable(tensor, layout)),
      features,
    ),
  );
  lines.push(`    written      ${writtenFiles(record, folder)}`);
  return `${lines.join("\n")}\n`;
}

/** Gradients of a modified rule are not meant to add up, so a share would mislead. */
function describeConvergence({ delta, difference, share }: NonNullable<ExplainedRow["convergence"]>, rule: Rule): string {
  const of = `F(x) - F(baseline) = ${formatNumber(difference)}`;
  if (rule !== "standard") return `${formatNumber(delta)} from ${of}: ${rule} gradients do not add up to it`;
  return share === null ? `${formatNumber(delta)} (${of})` : `${formatNumber(delta)}, ${formatPercent(share)} of ${of}`;
}

function nameTarget({ target, name }: ExplainedRow): string {
  return name === null ? `entry ${describeTarget(target)}` : `${name} (${describeTarget(target)})`;
}

/** 281, or [3, 10, 20], or 281 − 285 for a weighted sum. */
export function describeTarget(target: Target): string {
  if (typeof target === "number") return String(target);
  if ("index" in target) return `[${target.index.join(", ")}]`;
  if ("max" in target) return `max of [${target.max.map((entry) => entry ?? "*").join(", ")}]`;
  return target.terms.map(({ index, weight }) => `${weight} × ${typeof index === "number" ? index : `[${index.join(", ")}]`}`).join(" + ");
}

/** Attributions that are no pictures, row by row. */
function tables({ rows }: ExplanationRecord, values: readonly (readonly [string, FloatTensor])[], features: Labels | null): readonly string[] {
  return values.flatMap(([name, tensor]) =>
    rows.flatMap((_, row) => {
      const { text, left } = attributionTable(sliceRows(tensor, row, row + 1), features);
      const heading = rows.length === 1 ? name : `${name}, row ${row}`;
      return [`    attribution  ${heading}${left === 0 ? "" : ` (the largest; ${left} more in the .npy file)`}`, text];
    }),
  );
}

/** As a shell expands it: out/cat.guided.{overlay.png,npy,json}. */
function writtenFiles({ files }: ExplanationRecord, folder: string): string {
  const base = files.record.replace(/json$/, "");
  const names = [...files.pictures.map(({ file }) => file), ...Object.values(files.attributions).map(({ file }) => file), files.record];
  return `${join(folder, base)}{${names.map((name) => name.slice(base.length)).join(",")}}`;
}
