import { join } from "node:path";

import { type FloatTensor, type Rule, sliceRows, printable } from "@xdeep/core";
import { sumTokens } from "@xdeep/text/attribution";
import { actsOnRectifiers, ruleName } from "@xdeep/core/method";

import { noteInCliWords } from "../cli-words.ts";
import { type PreparedText, isOfTokens } from "../inputs/prepare-text.ts";
import { pictureOf } from "../write/picture-of.ts";
import type { ExplainedRow, Explanation, ExplanationRecord } from "../explain/explanation.ts";
import { attributionTable } from "./attribution-table.ts";
import { describeTarget } from "./describe-target.ts";
import { formatDims, formatNumber, formatPercent, formatProbability } from "./text/format-number.ts";
import { measureText } from "./text/measure-text.ts";
import type { Labels } from "../inputs/labels.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import type { EntryKind, ScoredInput } from "../explain/targets/score-input.ts";
import { textTable } from "./text/text-table.ts";
import { wrapLines } from "./text/wrap-lines.ts";

const ENTRY_NOTES: Readonly<Record<EntryKind, string>> = {
  probabilities: "probabilities, a softmax",
  "log-probabilities": "log-probabilities, a log-softmax",
  "sigmoid-probabilities": "probabilities, a sigmoid for each class",
  scores: "scores as the model gives them",
};

/** What the model says to an input. */
export function describeScores({ path, info, feeds, plan }: PreparedInput, scored: ScoredInput): string {
  const isProbability = scored.kind === "probabilities" || scored.kind === "sigmoid-probabilities";
  const blocks = scored.top.map((top, row) => {
    const heading = `  ${scored.top.length === 1 ? "" : `row ${row}: `}highest of "${printable(scored.output)}" (${ENTRY_NOTES[scored.kind]})`;
    const table = textTable(
      [{ heading: "", align: "right" }, { heading: "" }, { heading: "", align: "right" }],
      top.map(({ target, name, value }) => [describeTarget(target), name ?? "", isProbability ? formatProbability(value) : formatNumber(value)]),
      "    ",
    );
    return `${heading}\n${table}`;
  });
  const dims = plan === null ? ` (${printable(info.name)} ${formatDims(feeds[info.name]!.dims)})` : "";
  const chosen = scored.isChosen ? `  output "${printable(scored.output)}" is explained: its entries fit the labels\n` : "";
  return `${printable(path)}${dims}\n${chosen}${blocks.join("\n")}\n`;
}

export interface DescribeOptions {
  /** Where the files were written. */
  readonly folder: string;
  readonly features: Labels | null;
  readonly input: PreparedInput;
}

/** What a method found, and where it was written. */
export function describeExplanation(record: ExplanationRecord, values: Explanation["values"], { folder, features, input }: DescribeOptions): string {
  const { rows, notes, highestOf } = record;
  const undrawn = Object.entries(values).filter(([name, tensor]) => pictureOf(name, tensor, record.layer, input) === null);
  const lines = [
    `  ${printable(record.name)}`,
    ...rows.flatMap((row, n) => explainedLines(row, rows.length === 1 ? "" : `row ${n}: `, record)),
    ...(highestOf === null ? [] : [`                 the highest of ${highestOf}`]),
    ...(record.layer === null ? [] : [`    layer        ${printable(record.layer.name)}${sizeOfLayer(record.layer.name, values)}`]),
    ...(!actsOnRectifiers(record.rule) ? [] : [`    rectifiers   ${record.rectifiers}`]),
    ...measureLines(record),
    ...notes.map((note) => wrapLines(printable(noteInCliWords(note)), "    note         ")),
    ...tables(record, undrawn, features, input),
    `    written      ${printable(writtenFiles(record, folder))}`,
  ];
  return `${lines.join("\n")}\n`;
}

function sizeOfLayer(name: string, values: Explanation["values"]): string {
  const dims = values[name]?.dims;
  return dims === undefined ? "" : ` ${formatDims(dims)}`;
}

function explainedLines(row: ExplainedRow, prefix: string, { entries, score, rule }: ExplanationRecord): readonly string[] {
  const explained = `${prefix}${nameTarget(row)}, ${entries === "scores" ? "score" : score} ${formatNumber(row.score)}`;
  return [
    wrapLines(explained, "    explained    "),
    ...(row.convergence === undefined ? [] : [wrapLines(`${prefix}${describeConvergence(row.convergence, rule)}`, "    delta        ")]),
  ];
}

function measureLines({ rows, measures = {} }: ExplanationRecord): readonly string[] {
  return Object.entries(measures).flatMap(([name, { better, values, notes = [] }]) => [
    wrapLines(`${printable(name)} ${values.map(measureText).join(", ")} (${better} is better${rows.length === 1 ? "" : ", row by row"})`, "    measured     "),
    ...notes.map((note) => wrapLines(`${printable(name)}: ${printable(noteInCliWords(note))}`, "    note         ")),
  ]);
}

/** Gradients of a modified rule are not meant to add up, so a share would mislead. */
function describeConvergence({ delta, difference, share }: NonNullable<ExplainedRow["convergence"]>, rule: Rule): string {
  const of = `F(x) - F(baseline) = ${formatNumber(difference)}`;
  if (actsOnRectifiers(rule)) return `${formatNumber(delta)} from ${of}: ${ruleName(rule)} gradients do not add up to it`;
  return share === null ? `${formatNumber(delta)} (${of})` : `${formatNumber(delta)}, ${formatPercent(share)} of ${of}`;
}

function nameTarget({ target, name }: ExplainedRow): string {
  return name === null ? `entry ${describeTarget(target)}` : `${printable(name)} (${describeTarget(target)})`;
}

/** Attributions that are no pictures, row by row. */
function tables(
  { rows }: ExplanationRecord,
  values: readonly (readonly [string, FloatTensor])[],
  features: Labels | null,
  { text }: PreparedInput,
): readonly string[] {
  return values.flatMap(([name, tensor]) =>
    text !== null && isOfTokens(tensor, text)
      ? wordTable(name, tensor, text)
      : rows.flatMap((_, row) => {
          const { text, left } = attributionTable(sliceRows(tensor, row, row + 1), features);
          const heading = rows.length === 1 ? printable(name) : `${printable(name)}, row ${row}`;
          return [`    attribution  ${heading}${left === 0 ? "" : ` (the largest; ${left} more in the .npy file)`}`, text];
        }),
  );
}

/** What is attributed to each word of a text, and in its lines which tokens it is of where they are several. */
function wordTable(name: string, tensor: FloatTensor, { words }: PreparedText): readonly string[] {
  const { text, left } = attributionTable(
    sumTokens(
      tensor,
      words.map(({ tokens }) => tokens),
    ),
    words.map((word) => printable(word.text)),
  );
  const more = left === 0 ? "" : ` (the largest; ${left} more words)`;
  return [wrapLines(`${printable(name)}, summed over words${more}`, "    attribution  "), text];
}

/** As a shell expands it: out/cat.guided.{overlay.png,npy,json}. */
function writtenFiles({ files }: ExplanationRecord, folder: string): string {
  const base = files.record.replace(/json$/, "");
  const names = [...files.pictures.map(({ file }) => file), ...Object.values(files.attributions).map(({ file }) => file), files.record];
  return `${join(folder, base)}{${names.map((name) => name.slice(base.length)).join(",")}}`;
}
