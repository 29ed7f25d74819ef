import { groupOf } from "../cases/index.ts";
import { ConformanceFailure } from "./failure.ts";
import type { Manifest } from "../networks/manifest.ts";
import type { ConformanceReport } from "../reports/report.ts";
import { type Run, type RunOptions, prepareRun } from "./run-conformance.ts";

/** What the suite needs of a test runner: vitest, jest, mocha, node:test and others have it. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  /** `skip` lists a test that is not run, which is how cases of unsupported fixtures are shown. Without it they are left out. */
  readonly it: ((name: string, run: () => Promise<void>) => unknown) & { skip?(name: string, run: () => Promise<void>): unknown };
}

export interface ConformanceOptions extends Manifest, RunOptions {
  readonly api: TestRunner;
  /** Called with the results after the last case; a rejection fails the run. */
  readonly onReport?: ((report: ConformanceReport) => void | Promise<void>) | undefined;
}

/**
 * Registers the suite with a test runner: one test per case, named by its id. Cases of unsupported fixtures are skipped; that such a fixture
 * cannot be loaded is a test of its own.
 *
 * @throws {RangeError} when the manifest or `only` names what does not exist
 */
export function conformance({ api, only, onReport, ...manifest }: ConformanceOptions): void {
  const run = prepareRun(manifest, { only });
  const groups = [...new Set(run.ids.map((id) => groupOf({ id })))];
  api.describe(`conformance of ${manifest.name}`, () => {
    for (const group of groups) {
      api.describe(group, () => {
        for (const id of run.ids.filter((candidate) => groupOf({ id: candidate }) === group)) registerCase(api, run, id);
      });
    }
    registerUnsupported(api, run);
    // A group of its own: some runners take the tests of a suite before its groups.
    if (onReport !== undefined) api.describe("report", () => void api.it("is written", async () => onReport(run.report())));
  });
}

function registerCase(api: TestRunner, run: Run, id: string): void {
  const title = run.knownFailures.has(id) ? `${id} (known failure)` : id;
  const check = (): Promise<void> => checkCases(run, [id]);
  if (!run.unsupported.has(id)) api.it(title, check);
  else api.it.skip?.(title, check);
}

/** One test per fixture that is listed as unsupported: it must not load. */
function registerUnsupported(api: TestRunner, run: Run): void {
  const byFixture = new Map<string, string[]>();
  for (const [id, fixture] of run.unsupported) byFixture.set(fixture, [...(byFixture.get(fixture) ?? []), id]);
  if (byFixture.size === 0) return;
  api.describe("unsupported", () => {
    for (const [fixture, ids] of byFixture) api.it(`fixture ${fixture} cannot be loaded`, () => checkCases(run, ids));
  });
}

async function checkCases(run: Run, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { status, reason } = await run.runCase(id);
    if (status === "failed") throw new ConformanceFailure(`${id}: ${reason}`);
  }
}
