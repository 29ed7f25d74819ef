import { describe, expect, it } from "vitest";

import { type ConformanceReport, type Manifest, REFERENCE_CAPABILITIES, conformance, referenceModel, runConformance } from "../src/index.ts";
import { brokenManifest, fedAs, inVjp } from "./broken-model.ts";

const { preferredBatch: _, ...capabilities } = REFERENCE_CAPABILITIES;
const honest: Manifest = { name: "honest", capabilities, createModel: async (fixture) => referenceModel(fixture) };
const kinked = brokenManifest({ name: "kinked", breaks: fedAs((x) => x.map((value) => (value === 0 ? 1e-30 : value))), fails: [] });
const CASE = "vjp/relu/at-zero";
const reason = "for this test";

describe("knownFailures", () => {
  it("excuses a case that fails", async () => {
    const { cases } = await runConformance({ ...kinked, knownFailures: [{ case: CASE, reason, issue: 41 }] }, { only: [CASE] });
    expect(cases).toEqual([{ id: CASE, status: "known-failure", reason, issue: 41 }]);
  });

  it("fails a listed case that passes", async () => {
    const { cases } = await runConformance({ ...honest, knownFailures: [{ case: CASE, reason }] }, { only: [CASE] });
    expect(cases).toMatchObject([{ status: "failed", reason: expect.stringContaining("Take it off the list") }]);
  });

  it("refuses ids that do not exist, repeated ones, and missing reasons", async () => {
    await expect(runConformance({ ...honest, knownFailures: [{ case: "vjp/nonsense", reason }] })).rejects.toThrow(
      'knownFailures names "vjp/nonsense", which does not exist',
    );
    await expect(
      runConformance({
        ...honest,
        knownFailures: [
          { case: CASE, reason },
          { case: CASE, reason },
        ],
      }),
    ).rejects.toThrow("twice");
    await expect(runConformance({ ...honest, knownFailures: [{ case: CASE, reason: " " }] })).rejects.toThrow("no reason");
  });
});

describe("unsupported", () => {
  const only = ["forward/layer-norm"];
  const partial: Manifest = { ...honest, createModel: async (fixture) => (fixture.id === "layer-norm" ? null : referenceModel(fixture)) };

  it("excuses a fixture that cannot be loaded", async () => {
    const { cases } = await runConformance({ ...partial, unsupported: [{ fixture: "layer-norm", reason }] }, { only });
    expect(cases).toEqual([{ id: only[0], status: "unsupported", reason: `fixture "layer-norm": ${reason}` }]);
  });

  it("fails where null comes without being declared", async () => {
    const { cases } = await runConformance(partial, { only });
    expect(cases).toMatchObject([{ status: "failed", reason: expect.stringContaining("list it under `unsupported`") }]);
  });

  it("fails where the fixture loads after all", async () => {
    const { cases } = await runConformance({ ...honest, unsupported: [{ fixture: "layer-norm", reason }] }, { only });
    expect(cases).toMatchObject([{ status: "failed", reason: expect.stringContaining("but it loads") }]);
  });

  it("refuses fixtures that do not exist", async () => {
    await expect(runConformance({ ...honest, unsupported: [{ fixture: "nonsense", reason }] })).rejects.toThrow('unsupported names "nonsense"');
  });
});

describe("timeout", () => {
  const hanging = brokenManifest({ name: "hanging", breaks: inVjp(() => new Promise(() => undefined)), fails: [] });

  it("fails a case whose call never settles, and goes on", async () => {
    const { cases } = await runConformance({ ...hanging, timeout: 30 }, { only: ["contract/identity", "vjp/dense", "forward/dense"] });
    expect(cases).toMatchObject([
      { id: "contract/identity", status: "passed" },
      { id: "forward/dense", status: "passed" },
      { id: "vjp/dense", status: "failed", reason: expect.stringContaining("did not end within 30 ms") },
    ]);
  });

  it("fails a case whose model does not load, or is never disposed", async () => {
    const never = new Promise<never>(() => undefined);
    const only = ["contract/identity"];
    const loading = await runConformance({ ...honest, createModel: () => never, timeout: 30 }, { only });
    const disposing = await runConformance(
      { ...honest, createModel: async (fixture) => ({ ...referenceModel(fixture), dispose: () => never }), timeout: 30 },
      { only },
    );
    expect([loading.cases[0]?.status, disposing.cases[0]?.status]).toEqual(["failed", "failed"]);
  });
});

describe("tolerance", () => {
  it("needs a reason", async () => {
    await expect(runConformance({ ...honest, tolerance: { factor: 2, reason: "" } })).rejects.toThrow("a reason");
  });

  it("widens every comparison", async () => {
    const nearly = brokenManifest({ name: "nearly", breaks: inVjp((vjp, request) => vjp(request)), fails: [] });
    const rough: Manifest = {
      ...nearly,
      async createModel(fixture) {
        const model = referenceModel(fixture);
        return {
          ...model,
          async vjp(request) {
            const result = await model.vjp(request);
            return { ...result, gradients: { x: { ...result.gradients["x"]!, data: result.gradients["x"]!.data.map((value) => value * 1.00005) } } };
          },
        };
      },
    };
    const run = async (manifest: Manifest): Promise<string | undefined> => (await runConformance(manifest, { only: ["vjp/dense"] })).cases[0]?.status;
    expect(await run(rough)).toBe("failed");
    expect(await run({ ...rough, tolerance: { factor: 10, reason } })).toBe("passed");
  });
});

describe("failures", () => {
  it("name operator, input, seed, worst index, expected and actual value", async () => {
    const { cases } = await runConformance(kinked, { only: [CASE] });
    expect(cases[0]?.reason).toMatch(
      /^gradient of input 0 "x" through fixture "relu" \(relu; seed 11\): worst at index \d = \[0, \d\]: expected 0, got -?\d\.\d+; allowed is 0.00001 of the largest value/,
    );
  });
});

describe("a runner", () => {
  it("gets one test per case, grouped, and the report at the end", async () => {
    const tests: { readonly name: string; readonly run: () => Promise<void> }[] = [];
    const groups: string[] = [];
    const reports: unknown[] = [];
    const api = {
      describe: (name: string, define: () => void) => (groups.push(name), define()),
      it: (name: string, run: () => Promise<void>) => tests.push({ name, run }),
    };
    conformance({ ...kinked, api, only: ["vjp/relu", CASE], onReport: (report) => void reports.push(report) });
    expect(groups).toEqual(["conformance of kinked", "vjp", "report"]);
    expect(tests.map(({ name }) => name)).toEqual(["vjp/relu", CASE, "is written"]);
    await tests[0]!.run();
    await expect(tests[1]!.run()).rejects.toThrow(`${CASE}: gradient of input 0`);
    await tests[2]!.run();
    expect(reports).toMatchObject([
      {
        format: 1,
        name: "kinked",
        backend: "reference",
        cases: [
          { id: "vjp/relu", status: "passed" },
          { id: CASE, status: "failed" },
        ],
      },
    ]);
  });

  it("is shown cases of unsupported fixtures as skipped, and a test that they cannot be loaded", async () => {
    const tests = new Map<string, () => Promise<void>>();
    const skipped: string[] = [];
    const it = Object.assign((name: string, run: () => Promise<void>) => tests.set(name, run), { skip: (name: string) => skipped.push(name) });
    const reports: ConformanceReport[] = [];
    const unsupported = [{ fixture: "layer-norm", reason }];
    const options = { ...honest, unsupported, only: ["forward/dense", "forward/layer-norm", "vjp/layer-norm"] };
    const api = { describe: (_: string, define: () => void) => define(), it };
    conformance({ ...options, api, onReport: (report) => void reports.push(report) });
    expect(skipped).toEqual(["forward/layer-norm", "vjp/layer-norm"]);
    expect([...tests.keys()]).toEqual(["forward/dense", "fixture layer-norm cannot be loaded", "is written"]);
    await expect(tests.get("fixture layer-norm cannot be loaded")!()).rejects.toThrow("but it loads");
    tests.clear();
    conformance({
      ...options,
      api,
      createModel: async (fixture) => (fixture.id === "layer-norm" ? null : referenceModel(fixture)),
      onReport: (report) => void reports.push(report),
    });
    for (const run of tests.values()) await run();
    expect(reports[0]?.cases.map(({ id, status }) => [id, status])).toEqual([
      ["forward/dense", "passed"],
      ["forward/layer-norm", "unsupported"],
      ["vjp/layer-norm", "unsupported"],
    ]);
  });

  it("is told at once of ids that do not exist", () => {
    expect(() => conformance({ ...honest, api: { describe, it }, only: ["nonsense"] })).toThrow('only names "nonsense"');
  });
});
