import { join } from "node:path";

import { printable } from "@xdeep/core";
import type { Comparison, Evaluation, Refusal } from "@xdeep/metrics";

import { noteInCliWords } from "../cli-words.ts";
import type { EvaluationDocument } from "../write/write-evaluation.ts";
import { formatNumber, formatPercent } from "./text/format-number.ts";
import { textTable } from "./text/text-table.ts";
import { WIDTH, wrapLines } from "./text/wrap-lines.ts";

/** The table of means, the order of the methods by each metric, and what was written. */
export function describeEvaluation({ evaluation, comparison, files }: EvaluationDocument, folder: string): string {
  const { rows } = evaluation;
  const written = [files.record, ...Object.values(files.curves)].map((file) => `  written      ${printable(join(folder, file))}`);
  const orders = Object.keys(evaluation.methods).length < 2 ? [] : Object.entries(comparison).map(([metric, found]) => describeOrder(metric, found));
  return `\nmeans over ${rows} ${rows === 1 ? "input" : "inputs"}${orders.length === 0 ? "" : ", * the best"}\n${[meansTable(evaluation, comparison), ...refusalsOf(evaluation), ...orders, ...notesOf(evaluation), written.join("\n")].join("\n\n")}\n`;
}

function meansTable({ methods, metrics, results }: Evaluation, comparison: EvaluationDocument["comparison"]): string {
  const names = Object.keys(metrics);
  const isBest = (metric: string, method: string): boolean => {
    const { ranking } = comparison[metric]!;
    return ranking.length > 1 && ranking.find((each) => each.method === method)?.mean === ranking[0]!.mean;
  };
  const cell = (metric: string, method: string): string => {
    const { mean } = results[metric]![method]!;
    return mean === null ? "-" : `${formatNumber(mean)}${isBest(metric, method) ? " *" : "  "}`;
  };
  const byMethod = textTable(
    [{ heading: "" }, ...names.map((name) => ({ heading: `${name}  `, align: "right" as const }))],
    [["", ...names.map((name) => `${metrics[name]!.better}  `)], ...Object.keys(methods).map((method) => [method, ...names.map((name) => cell(name, method))])],
    "  ",
  );
  if (byMethod.split("\n").every((line) => line.length <= WIDTH)) return byMethod;
  // Many metrics go below each other.
  return textTable(
    [{ heading: "" }, { heading: "better" }, ...Object.keys(methods).map((method) => ({ heading: `${method}  `, align: "right" as const }))],
    names.map((name) => [name, metrics[name]!.better, ...Object.keys(methods).map((method) => cell(name, method))]),
    "  ",
  );
}

/** Rows are too few for an interval to mean anything. */
const FEWEST = 5;

function describeOrder(metric: string, { better, rows, confidence, ranking, unranked }: Comparison): string {
  const heading = `  ${printable(metric)}, ${better} is better`;
  if (ranking.length === 0) return `${heading}: no input for which every method has a value`;
  if (rows < FEWEST) {
    const little = `(${rows} ${rows === 1 ? "input says" : "inputs say"} little)`;
    return wrapLines(`${printable(metric)}, ${better} is better: ${inOrder(ranking)} ${little}`, "  ");
  }
  const table = textTable(
    [{ heading: "" }, { heading: "mean", align: "right" }, { heading: `${formatPercent(confidence)} interval` }, { heading: "best of all in", align: "right" }],
    ranking.map(({ method, mean, low, high, first }) => [method, formatNumber(mean), `${formatNumber(low)} to ${formatNumber(high)}`, formatPercent(first)]),
    "    ",
  );
  const without = unranked.length === 0 ? "" : `\n    without a value: ${unranked.map(printable).join(", ")}`;
  return `${heading}, ${rows} inputs\n${table}${without}`;
}

function inOrder(ranking: Comparison["ranking"]): string {
  return ranking.map(({ method, mean }, k) => `${k === 0 ? "" : mean === ranking[k - 1]!.mean ? " and " : ", then "}${printable(method)}`).join("");
}

/** Why methods have no value, and in how many of the inputs where others have one. */
function refusalsOf({ refused = [], rows }: Evaluation): readonly string[] {
  if (refused.length === 0) return [];
  return [refused.map((refusal) => wrapLines(describeRefusal(refusal, rows), "  refused      ")).join("\n")];
}

function describeRefusal({ method, metric, rows, code, message }: Refusal, of: number): string {
  const what = `${metric === undefined ? "" : `${metric} of `}${method}`;
  const share = rows.length === of ? "" : `, ${rows.length} of ${of} inputs`;
  return printable(`${what}${share}: ${noteInCliWords(message).replaceAll(/\s+/g, " ")} [${code}]`);
}

/** What should be known of the values, each text once. */
function notesOf({ results }: Evaluation): readonly string[] {
  const notes = Object.entries(results).flatMap(([metric, methods]) =>
    Object.entries(methods).flatMap(([method, { notes: said = [] }]) => said.map((note) => `${metric} of ${method}: ${note}`)),
  );
  return notes.length === 0 ? [] : [notes.map((note) => wrapLines(printable(noteInCliWords(note)), "  note         ")).join("\n")];
}
