import { cases, groupOf } from "../cases/index.ts";
import type { CaseResult, CaseStatus, ConformanceReport } from "./report.ts";

const SIGNS: Readonly<Record<CaseStatus, string>> = { passed: "yes", refused: "no", unsupported: "no", "known-failure": "**fails**", failed: "**FAILS**" };

/** Several backends' reports as one Markdown page: what each is, what each can do, and how every case went. */
export function supportMatrix(reports: readonly ConformanceReport[]): string {
  const sections = [...new Set(cases().map(groupOf))].map((group) => groupTable(group, reports)).filter((section) => section !== "");
  return [summary(reports), ...sections, notes(reports)].filter((section) => section !== "").join("\n\n");
}

function summary(reports: readonly ConformanceReport[]): string {
  const count = (report: ConformanceReport, status: CaseStatus): number => report.cases.filter((result) => result.status === status).length;
  const rows: readonly (readonly [string, (report: ConformanceReport) => string])[] = [
    ["Engine", ({ engine }) => engine],
    ["Runs in", ({ environment = "Node" }) => environment],
    ["Images", ({ layout }) => layout],
    ["Rules", ({ capabilities }) => capabilities.rules.join(", ")],
    ["Logits behind Softmax and Sigmoid", ({ capabilities }) => yesNo(capabilities.logits)],
    ["Several targets from one forward run", ({ capabilities }) => yesNo(capabilities.severalTargets === true)],
    ["Values inside the network", ({ capabilities }) => yesNo(capabilities.innerValues)],
    ["GPU", ({ capabilities }) => yesNo(capabilities.gpu)],
    ["Rows a call", ({ capabilities }) => (capabilities.maxBatch === null ? "any" : String(capabilities.maxBatch))],
    ["Tolerance", ({ tolerance }) => (tolerance === undefined ? "as it stands" : `× ${tolerance.factor}`)],
    ["Cases passed", (report) => `${count(report, "passed")} of ${report.cases.length}`],
    ["Refused, as declared", (report) => String(count(report, "refused") + count(report, "unsupported"))],
    ["Known failures", (report) => String(count(report, "known-failure"))],
    ["Failed", (report) => String(count(report, "failed"))],
  ];
  return table(
    ["", ...reports.map(({ name }) => name)],
    rows.map(([title, cell]) => [title, ...reports.map(cell)]),
  );
}

function groupTable(group: string, reports: readonly ConformanceReport[]): string {
  const ids = cases()
    .filter((testCase) => groupOf(testCase) === group)
    .map(({ id }) => id);
  const rows = ids
    .filter((id) => reports.some((report) => resultOf(report, id) !== undefined))
    .map((id) => [`\`${id.slice(group.length + 1)}\``, ...reports.map((report) => sign(resultOf(report, id)))]);
  return rows.length === 0 ? "" : `## ${group}\n\n${table(["Case", ...reports.map(({ name }) => name)], rows)}`;
}

/** Why a case did not pass, and why a tolerance is wider. */
function notes(reports: readonly ConformanceReport[]): string {
  const lines = reports.flatMap(({ name, cases: results, tolerance }) => [
    ...(tolerance === undefined ? [] : [`- ${name}: tolerances are ${tolerance.factor} times wider. ${tolerance.reason}`]),
    ...results.filter(({ status }) => status !== "passed" && status !== "refused").map((result) => note(name, result)),
  ]);
  return lines.length === 0 ? "" : `## Reasons\n\n${lines.join("\n")}`;
}

function note(name: string, { id, status, reason = "", issue }: CaseResult): string {
  return `- ${name}, \`${id}\` (${status}): ${reason}${issue === undefined ? "" : ` Issue: ${issue}`}`;
}

function resultOf({ cases: results }: ConformanceReport, id: string): CaseResult | undefined {
  return results.find((result) => result.id === id);
}

function sign(result: CaseResult | undefined): string {
  return result === undefined ? "not run" : SIGNS[result.status];
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
