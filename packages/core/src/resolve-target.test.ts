import { describe, expect, it } from "vitest";

import { gatherScores, resolveTargets } from "./resolve-target.ts";

const classes = { name: "logits", dims: [2, 3], data: [0, 5, 5, 9, -1, 2] };
const spatial = { name: "mask", dims: [1, 2, 2, 2], data: [0, 1, 2, 3, 4, 9, 6, 7] };

describe("resolveTargets", () => {
  it("takes each row's argmax, the first of equal ones", () => {
    expect(resolveTargets(classes, null)).toEqual({ targets: [1, 0], indices: Int32Array.of(1, 0) });
  });

  it("takes one target for all rows, or one per row", () => {
    expect(resolveTargets(classes, 2).targets).toEqual([2, 2]);
    expect(resolveTargets(classes, [0, { index: [2] }]).targets).toEqual([0, 2]);
    expect(resolveTargets(classes, [null as never, 1]).targets).toEqual([1, 1]);
  });

  it("takes and reports tuples where a row has several axes", () => {
    expect(resolveTargets(spatial, { index: [1, 0, 1] })).toEqual({ targets: [{ index: [1, 0, 1] }], indices: Int32Array.of(5) });
    expect(resolveTargets(spatial, null).targets).toEqual([{ index: [1, 0, 1] }]);
  });

  it("reads a plain number as the class where all other axes are 1", () => {
    const pooled = { name: "softmaxout", dims: [1, 1000, 1, 1] };
    expect(resolveTargets(pooled, 243)).toEqual({ targets: [243], indices: Int32Array.of(243) });
    expect(resolveTargets(pooled, { index: [243, 0, 0] }).targets).toEqual([243]);
  });

  it("needs no target where a row has one entry", () => {
    expect(resolveTargets({ name: "y", dims: [2] }, null)).toEqual({ targets: [0, 0], indices: Int32Array.of(0, 0) });
    expect(resolveTargets({ name: "y", dims: [2, 1] }, undefined).targets).toEqual([0, 0]);
  });

  it.each([3, -1, { index: [3] }])("refuses %j outside the classes", (target) => {
    expect(() => resolveTargets(classes, target)).toThrow(
      expect.objectContaining({ code: "TARGET_OUT_OF_RANGE", message: expect.stringMatching(/3 classes, 0 to 2/) }),
    );
  });

  it("says which axis a tuple leaves", () => {
    expect(() => resolveTargets(spatial, { index: [1, 0, 2] })).toThrow(
      expect.objectContaining({ code: "TARGET_OUT_OF_RANGE", message: expect.stringContaining("axis 2") }),
    );
  });

  it.each([1.5, NaN, "1" as never, { index: [0, 1] }, { index: [0.5] }, {} as never])("refuses %j, which names no entry", (target) => {
    expect(() => resolveTargets(classes, target)).toThrow(expect.objectContaining({ code: "TARGET_INVALID" }));
  });

  it("refuses a plain number for several axes and a wrong count of targets", () => {
    expect(() => resolveTargets(spatial, 1)).toThrow(
      expect.objectContaining({ code: "TARGET_INVALID", message: expect.stringContaining("{ index: [i0, i1, i2] }") }),
    );
    expect(() => resolveTargets(classes, [0, 1, 2])).toThrow(expect.objectContaining({ code: "TARGET_INVALID" }));
  });

  it("refuses the argmax of NaN, but not a named target", () => {
    const broken = { ...classes, data: [0, 5, 5, 9, NaN, 2] };
    expect(() => resolveTargets(broken, null)).toThrow(expect.objectContaining({ code: "RESULT_NOT_FINITE" }));
    expect(resolveTargets(broken, 0).targets).toEqual([0, 0]);
  });
});

describe("gatherScores", () => {
  it("picks one entry per row", () => {
    expect(gatherScores(classes.data, Int32Array.of(2, 0))).toEqual(Float32Array.of(5, 9));
  });
});
