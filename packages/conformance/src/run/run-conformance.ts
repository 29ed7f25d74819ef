import type { Model } from "@xdeep/core";

import { cases as everyCase } from "../cases/index.ts";
import { checkManifest, selectCases } from "../networks/check-manifest.ts";
import type { Fixture } from "../networks/fixture.ts";
import { fixtures as everyFixture } from "../fixtures/index.ts";
import type { Manifest } from "../networks/manifest.ts";
import type { CaseResult, ConformanceReport } from "../reports/report.ts";
import { runCase } from "./run-case.ts";
import { VERSION } from "../version.ts";

export interface RunOptions {
  /** Ids of cases. Default: every case. */
  readonly only?: readonly string[] | undefined;
}

/** The suite for one backend, ready to run: what `conformance` and `runConformance` share. */
export interface Run {
  readonly ids: readonly string[];
  /** Ids of cases that cannot be run, with the fixture that the backend does not load. */
  readonly unsupported: ReadonlyMap<string, string>;
  readonly knownFailures: ReadonlySet<string>;
  /** Runs one case. Never rejects. */
  runCase(id: string): Promise<CaseResult>;
  /** The results so far. */
  report(): ConformanceReport;
}

/**
 * Prepares the suite for one backend.
 *
 * @throws {RangeError} when the manifest or `only` names what does not exist
 */
export function prepareRun(manifest: Manifest, { only }: RunOptions = {}): Run {
  const all = everyCase();
  checkManifest(manifest, all);
  const chosen = new Map(selectCases(all, only).map((testCase) => [testCase.id, testCase]));
  const fixtures = new Map(everyFixture().map((fixture) => [fixture.id, fixture]));
  const results = new Map<string, CaseResult>();
  const missing = new Set(manifest.unsupported?.map(({ fixture }) => fixture));
  let identity = { backend: "", engine: "" };
  const watched: Manifest = {
    ...manifest,
    async createModel(fixture: Fixture): Promise<Model | null> {
      const model = await manifest.createModel(fixture);
      if (model !== null) identity = { backend: model.backend, engine: model.engine };
      return model;
    },
  };
  return {
    ids: [...chosen.keys()],
    unsupported: new Map(
      [...chosen.values()].flatMap(({ id, fixtures: needed }) => {
        const fixture = needed.find((name) => missing.has(name));
        return fixture === undefined ? [] : [[id, fixture] as const];
      }),
    ),
    knownFailures: new Set(manifest.knownFailures?.map((failure) => failure.case)),
    async runCase(id) {
      const result = await runCase(chosen.get(id)!, watched, fixtures);
      results.set(id, result);
      return result;
    },
    report: () => ({
      format: 1,
      suite: VERSION,
      name: manifest.name,
      ...identity,
      ...(manifest.environment === undefined ? {} : { environment: manifest.environment }),
      layout: manifest.layout ?? "NCHW",
      capabilities: manifest.capabilities,
      ...(manifest.tolerance === undefined ? {} : { tolerance: manifest.tolerance }),
      cases: [...chosen.keys()].flatMap((id) => results.get(id) ?? []),
    }),
  };
}

/** Runs the suite without any test runner. A failed case is in the report; nothing is thrown for it. */
export async function runConformance(manifest: Manifest, options: RunOptions = {}): Promise<ConformanceReport> {
  const run = prepareRun(manifest, options);
  for (const id of run.ids) await run.runCase(id);
  return run.report();
}
