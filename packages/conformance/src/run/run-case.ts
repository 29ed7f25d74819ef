import { isXDeepError } from "@xdeep/core";

import { type Case, describeRequirements, unmet } from "./case.ts";
import { CaseContext } from "./case-context.ts";
import { describe, expectRejection } from "./expect-rejection.ts";
import { ConformanceFailure } from "./failure.ts";
import type { Fixture } from "../networks/fixture.ts";
import type { Manifest, UnsupportedFixture } from "../networks/manifest.ts";
import type { CaseResult } from "../reports/report.ts";

/** Milliseconds that a case may take unless the manifest says otherwise. */
const DEFAULT_TIMEOUT = 20_000;

/** Runs one case on fresh models and says how it went. Never rejects. */
export async function runCase(testCase: Case, manifest: Manifest, fixtures: ReadonlyMap<string, Fixture>): Promise<CaseResult> {
  const { id } = testCase;
  const known = manifest.knownFailures?.find((failure) => failure.case === id);
  const outcome = await withinTime(outcomeOf(testCase, manifest, fixtures), manifest.timeout ?? DEFAULT_TIMEOUT);
  if (known === undefined) return { id, ...outcome };
  if (outcome.status !== "failed") return { id, status: "failed", reason: "Listed under knownFailures, but it passes. Take it off the list." };
  return { id, status: "known-failure", reason: known.reason, ...(known.issue === undefined ? {} : { issue: known.issue }) };
}

type Outcome = Pick<CaseResult, "status" | "reason">;

/** A call that never settles must not stop the run. What it holds is left to it. */
async function withinTime(outcome: Promise<Outcome>, milliseconds: number): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Outcome>((resolve) => {
    const reason = `The case did not end within ${milliseconds} ms: a call that it made never settled, or is slow. The limit is the option \`timeout\`.`;
    timer = setTimeout(() => resolve({ status: "failed", reason }), milliseconds);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function outcomeOf(testCase: Case, manifest: Manifest, fixtures: ReadonlyMap<string, Fixture>): Promise<Outcome> {
  const context = new CaseContext(
    manifest,
    testCase.fixtures.map((id) => fixtures.get(id)!),
  );
  try {
    const missing = manifest.unsupported?.filter(({ fixture }) => testCase.fixtures.includes(fixture)) ?? [];
    if (missing.length > 0) return await outcomeOfUnsupported(missing, manifest, fixtures);
    const lacking = unmet(testCase, manifest);
    if (lacking.length === 0) {
      await testCase.run(context);
      return { status: "passed" };
    }
    const what = describeRequirements(lacking);
    const rowCodes = lacking.some(({ kind }) => kind === "rows") ? (["BATCH_INVALID"] as const) : [];
    const codes = ["CAPABILITY_MISSING", ...rowCodes, ...(testCase.refusals ?? [])] as const;
    await expectRejection(() => testCase.run(context), codes, `A call that needs ${what}, which the backend declares not to have,`);
    return { status: "refused", reason: `no ${what}` };
  } catch (error) {
    return { status: "failed", reason: error instanceof ConformanceFailure ? error.message : describe(error) };
  } finally {
    await context.close().catch(() => undefined);
  }
}

/** Proves that what is listed as unsupported cannot be loaded: null, or an XDeepError. */
async function outcomeOfUnsupported(missing: readonly UnsupportedFixture[], manifest: Manifest, fixtures: ReadonlyMap<string, Fixture>): Promise<Outcome> {
  for (const { fixture } of missing) {
    const model = await manifest.createModel(fixtures.get(fixture)!).catch((error: unknown) => {
      if (isXDeepError(error)) return null;
      throw error;
    });
    if (model === null) continue;
    await model.dispose();
    throw new ConformanceFailure(`Fixture "${fixture}" is listed under \`unsupported\`, but it loads. Take it off the list.`);
  }
  return { status: "unsupported", reason: missing.map(({ fixture, reason }) => `fixture "${fixture}": ${reason}`).join("; ") };
}
