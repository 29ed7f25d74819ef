import { describe, expect, it } from "vitest";

import { openExplainer } from "./open-explainer.ts";

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
