import { isXDeepError } from "@xdeep/core";

import { type Case, describeRequirement, isMet } from "./case.ts";
import { CaseContext } from "./case-context.ts";
import { describe, expectRejection } from "./expect-rejection.ts";
import { ConformanceFailure } from "./failure.ts";
import type { Fixture } from "./fixture.ts";
import type { Manifest, UnsupportedFixture } from "./manifest.ts";
import type { CaseResult } from "./report.ts";

/** Runs one case on fresh models and says how it went. Never rejects. */
export async function runCase(testCase: Case, manifest: Manifest, fixtures: ReadonlyMap<string, Fixture>): Promise<CaseResult> {
  const { id } = testCase;
  const known = manifest.knownFailures?.find((failure) => failure.case === id);
  const outcome = await outcomeOf(testCase, manifest, fixtures);
  if (known === undefined) return { id, ...outcome };
  if (outcome.status !== "failed") return { id, status: "failed", reason: "Listed under knownFailures, but it passes. Take it off the list." };
  return { id, status: "known-failure", reason: known.reason, ...(known.issue === undefined ? {} : { issue: known.issue }) };
}

type Outcome = Pick<CaseResult, "status" | "reason">;

async function outcomeOf(testCase: Case, manifest: Manifest, fixtures: ReadonlyMap<string, Fixture>): Promise<Outcome> {
  const context = new CaseContext(
    manifest,
    testCase.fixtures.map((id) => fixtures.get(id)!),
  );
  try {
    const missing = manifest.unsupported?.filter(({ fixture }) => testCase.fixtures.includes(fixture)) ?? [];
    if (missing.length > 0) return await outcomeOfUnsupported(missing, manifest, fixtures);
    const { requires } = testCase;
    if (requires === undefined || isMet(requires, manifest)) {
      await testCase.run(context);
      return { status: "passed" };
    }
    const what = describeRequirement(requires);
    const rowCodes = requires.kind === "rows" ? (["BATCH_INVALID"] as const) : [];
    const codes = ["CAPABILITY_MISSING", ...rowCodes, ...(testCase.refusals ?? [])] as const;
    await expectRejection(() => testCase.run(context), codes, `A call that needs ${what}, which the backend declares not to have,`);
    return { status: "refused", reason: `no ${what}` };
  } catch (error) {
    return { status: "failed", reason: error instanceof ConformanceFailure ? error.message : describe(error) };
  } finally {
    await context.close().catch(() => undefined);
  }
}

/** Proves that what is listed as unsupported cannot be loaded: null, or an error of its own. */
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
