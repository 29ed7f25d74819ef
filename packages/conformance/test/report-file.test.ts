import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { REFERENCE_CAPABILITIES, referenceModel, runConformance } from "../src/index.ts";
import { readReport, reportFile } from "../src/reports/report-file.ts";

const { preferredBatch: _, ...capabilities } = REFERENCE_CAPABILITIES;
const only = ["contract/identity", "vjp/dense"];
let folder: string;

beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "xdeep-report-"))));
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it("writes a report where that is asked for, and then takes an equal one and no other", async () => {
  const file = join(folder, "reference.json");
  const report = await runConformance({ name: "reference", capabilities, createModel: async (fixture) => referenceModel(fixture) }, { only });
  vi.stubEnv("XDEEP_UPDATE_REPORTS", "1");
  await reportFile(file)(report);
  vi.stubEnv("XDEEP_UPDATE_REPORTS", "");
  expect(await readReport(file)).toEqual(report);
  await reportFile(file)({ ...report, suite: "another version" });
  const [first, second] = report.cases;
  await expect(reportFile(file)({ ...report, cases: [first!] })).rejects.toThrow("vjp/dense was not run");
  await expect(reportFile(file)({ ...report, cases: [first!, { ...second!, status: "refused" }] })).rejects.toThrow(
    'vjp/dense is {"id":"vjp/dense","status":"refused"}',
  );
  await expect(reportFile(file)({ ...report, engine: "another" })).rejects.toThrow('"engine":"another"');
  await reportFile(file)({ ...report, environment: "another machine" });
});
