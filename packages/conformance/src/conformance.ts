import { groupOf } from "./cases/index.ts";
import { ConformanceFailure } from "./failure.ts";
import type { Manifest } from "./manifest.ts";
import type { ConformanceReport } from "./report.ts";
import { type RunOptions, prepareRun } from "./run-conformance.ts";

/** What the suite needs of a test runner: vitest, jest, mocha, node:test and others have it. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  it(name: string, run: () => Promise<void>): unknown;
}

export interface ConformanceOptions extends Manifest, RunOptions {
  readonly api: TestRunner;
  /** Called with the results after the last case; a rejection fails the run. */
  readonly onReport?: ((report: ConformanceReport) => void | Promise<void>) | undefined;
}

/**
 * Registers the suite with a test runner: one test per case, named by its id.
 *
 * @throws {RangeError} when the manifest or `only` names what does not exist
 */
export function conformance({ api, only, onReport, ...manifest }: ConformanceOptions): void {
  const run = prepareRun(manifest, { only });
  const groups = [...new Set(run.ids.map((id) => groupOf({ id })))];
  api.describe(`conformance of ${manifest.name}`, () => {
    for (const group of groups) {
      api.describe(group, () => {
        for (const id of run.ids.filter((candidate) => groupOf({ id: candidate }) === group)) api.it(id, () => checkCase(run, id));
      });
    }
    // A group of its own: some runners take the tests of a suite before its groups.
    if (onReport !== undefined) api.describe("report", () => void api.it("is written", async () => onReport(run.report())));
  });
}

async function checkCase(run: ReturnType<typeof prepareRun>, id: string): Promise<void> {
  const { status, reason } = await run.runCase(id);
  if (status === "failed") throw new ConformanceFailure(`${id}: ${reason}`);
}
