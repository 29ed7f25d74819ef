import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { checkResult } from "./check-result.ts";

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
