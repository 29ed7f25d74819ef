import { describe, expect, it } from "vitest";

import { joinReferenceScores } from "./run-rows.ts";

describe("joinReferenceScores", () => {
  it("puts rows one below the other, and gives nothing where a run has not found them", () => {
    const [first, second] = [{ referenceScores: Float32Array.of(1, 2) }, { referenceScores: Float32Array.of(3) }];
    expect(joinReferenceScores([first, second])).toEqual({ referenceScores: Float32Array.of(1, 2, 3) });
    expect(joinReferenceScores([first, {}])).toEqual({});
  });
});
