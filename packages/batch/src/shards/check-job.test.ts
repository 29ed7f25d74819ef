import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { checkResult, openExplainer } from "./check-job.ts";

const call = [null, { places: null, base: "/", signal: new AbortController().signal }] as const;
const explain = async (): Promise<readonly never[]> => [];

describe("a module's slip is told when it is opened", () => {
  it.each([
    ["no function openJob", { openjob: explain }],
    ["nothing that has a function explain", { openJob: () => undefined }],
    ["nothing that has a function explain", { openJob: () => ({ provenance: {} }) }],
    ["no provenance", { openJob: () => ({ explain }) }],
    ["rowsPerCall", { openJob: () => ({ explain, provenance: {}, rowsPerCall: 0 }) }],
    ["rowsPerCall", { openJob: () => ({ explain, provenance: {}, rowsPerCall: NaN }) }],
    ["rowsPerCall", { openJob: async () => ({ explain, provenance: {}, rowsPerCall: 2.5 }) }],
  ])("%s: %j", async (problem, module) => {
    const opening = openExplainer("job.mjs", module, ...call);
    await expect(opening).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining(problem) as string });
    await expect(opening).rejects.toThrow("job.mjs");
  });
});

describe("what a job says of a row can be read back as it was", () => {
  const good = { values: { map: float32([2], [1, 2]) }, target: 0, score: 1 };
  const holding = (map: unknown): unknown => ({ ...good, values: { map } });

  it("takes a result", () => expect(checkResult(good, "row")).toBe(good));

  it.each([
    ["OPTION_INVALID", undefined],
    ["OPTION_INVALID", { ...good, values: undefined }],
    ["OPTION_INVALID", { ...good, target: undefined }],
    ["OPTION_INVALID", { ...good, score: "1" }],
    ["OPTION_INVALID", holding([1, 2])],
    ["OPTION_INVALID", holding({ type: "float64", dims: [2], data: new Float64Array(2) })],
    ["OPTION_INVALID", holding({ type: "float32", dims: [2], data: [1, 2] })],
    ["INPUT_SHAPE", holding({ type: "float32", dims: [3], data: new Float32Array(2) })],
    ["RESULT_NOT_FINITE", holding(float32([2], [1, NaN]))],
    ["RESULT_NOT_FINITE", { ...good, score: NaN }],
  ])("%s for %j", (code, result) => {
    expect(() => checkResult(result as typeof good, "photo.jpg")).toThrow(expect.objectContaining({ code }) as Error);
  });
});
