import { readFile, writeFile } from "node:fs/promises";

import { ConformanceFailure } from "../run/failure.ts";
import type { ConformanceReport } from "./report.ts";

/** Environment variable that has reports written instead of compared. */
export const UPDATE_VARIABLE = "XDEEP_UPDATE_REPORTS";

/**
 * For `onReport`: keeps a report as a JSON file that is under version control. A run must give what the file says; with XDEEP_UPDATE_REPORTS=1
 * it writes the file. Node only. The suite's own version does not count, nor does the environment.
 *
 * @throws {ConformanceFailure} naming the cases that differ
 */
export function reportFile(file: URL | string): (report: ConformanceReport) => Promise<void> {
  return async (report) => {
    if (process.env[UPDATE_VARIABLE] === "1") return writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
    const kept = await readReport(file);
    const differences = differencesOf(kept, report);
    if (differences.length === 0) return;
    throw new ConformanceFailure(`${String(file)} is out of date: ${differences.join("; ")}. Run again with ${UPDATE_VARIABLE}=1 if that is meant.`);
  };
}

/** A report that `reportFile` wrote. */
export async function readReport(file: URL | string): Promise<ConformanceReport> {
  return JSON.parse(await readFile(file, "utf8")) as ConformanceReport;
}

function differencesOf(kept: ConformanceReport, report: ConformanceReport): readonly string[] {
  const header = ({ cases: _cases, suite: _suite, environment: _environment, ...rest }: ConformanceReport): string => JSON.stringify(rest);
  const before = new Map(kept.cases.map((result) => [result.id, JSON.stringify(result)]));
  const after = new Map(report.cases.map((result) => [result.id, JSON.stringify(result)]));
  return [
    ...(header(kept) === header(report) ? [] : [`${header(kept)} became ${header(report)}`]),
    ...[...after].filter(([id, result]) => before.get(id) !== result).map(([id, result]) => `${id} is ${result}`),
    ...[...before.keys()].filter((id) => !after.has(id)).map((id) => `${id} was not run`),
  ];
}
