import { describe, expect, it } from "vitest";

import { checkTargets, resolveTargets, scoreEntries, targetCotangent } from "./resolve-target.ts";

const classes = { name: "logits", dims: [2, 3], data: [0, 5, 5, 9, -1, 2] };
const one = (index: number): object => ({ indices: [index], weights: [1] });
const spatial = { name: "mask", dims: [1, 2, 2, 2], data: [0, 1, 2, 3, 4, 9, 6, 7] };

describe("resolveTargets", () => {
  it("takes each row's argmax, the first of equal ones", () => {
    expect(resolveTargets(classes, null)).toEqual({ targets: [1, 0], entries: [one(1), one(0)] });
  });

  it("takes one target for all rows, or one per row", () => {
    expect(resolveTargets(classes, 2).targets).toEqual([2, 2]);
    expect(resolveTargets(classes, [0, { index: [2] }]).targets).toEqual([0, 2]);
    expect(resolveTargets(classes, [null as never, 1]).targets).toEqual([1, 1]);
  });

  it("takes and reports tuples where a row has several axes", () => {
    expect(resolveTargets(spatial, { index: [1, 0, 1] })).toEqual({ targets: [{ index: [1, 0, 1] }], entries: [one(5)] });
    expect(resolveTargets(spatial, null).targets).toEqual([{ index: [1, 0, 1] }]);
  });

  it("reads a plain number as the class where all other axes are 1", () => {
    const pooled = { name: "softmaxout", dims: [1, 1000, 1, 1] };
    expect(resolveTargets(pooled, 243)).toEqual({ targets: [243], entries: [one(243)] });
    expect(resolveTargets(pooled, { index: [243, 0, 0] }).targets).toEqual([243]);
  });

  it("needs no target where a row has one entry", () => {
    expect(resolveTargets({ name: "y", dims: [2] }, null)).toEqual({ targets: [0, 0], entries: [one(0), one(0)] });
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

describe("functions of entries", () => {
  it("takes weighted sums of entries, by class or by tuple", () => {
    const difference = {
      terms: [
        { index: 1, weight: 1 },
        { index: 0, weight: -0.5 },
      ],
    };
    const { targets, entries } = resolveTargets(classes, difference);
    expect(targets).toEqual([difference, difference]);
    expect(scoreEntries(classes.data, entries)).toEqual(Float32Array.of(5, -5.5));
    const region = {
      terms: [
        { index: [1, 0, 1], weight: 2 },
        { index: [0, 0, 0], weight: 1 },
      ],
    };
    expect(resolveTargets(spatial, region).entries).toEqual([{ indices: [5, 0], weights: [2, 1] }]);
  });

  it("finds the largest entry where the tuple is open, the first of equal ones", () => {
    expect(resolveTargets(spatial, { max: [null, 1, null] }).targets).toEqual([{ index: [1, 1, 1] }]);
    expect(resolveTargets(spatial, { max: [0, null, null] }).targets).toEqual([{ index: [0, 1, 1] }]);
    expect(resolveTargets(classes, { max: [null] })).toEqual(resolveTargets(classes, null));
  });

  it.each([{ terms: [] }, { terms: [{ index: 1 } as never] }, { terms: [{ index: 1, weight: Infinity }] }, { max: [null, null] }, { max: [0.5] }])(
    "refuses %j",
    (target) => {
      expect(() => resolveTargets(classes, target)).toThrow(expect.objectContaining({ code: "TARGET_INVALID" }));
    },
  );

  it.each([{ terms: [{ index: 3, weight: 1 }] }, { max: [7] }])("refuses %j outside the classes", (target) => {
    expect(() => resolveTargets(classes, target)).toThrow(expect.objectContaining({ code: "TARGET_OUT_OF_RANGE" }));
  });

  it("has a cotangent whose product with the output is the score", () => {
    const { entries } = resolveTargets(classes, [
      {
        terms: [
          { index: 1, weight: 2 },
          { index: 1, weight: 1 },
        ],
      },
      2,
    ]);
    expect(targetCotangent([2, 3], entries).data).toEqual(Float32Array.of(0, 3, 0, 0, 0, 1));
  });
});

describe("checkTargets", () => {
  it("refuses what the dims rule out before anything runs, and leaves the rest to the run", () => {
    expect(() => checkTargets({ name: "y", dims: [null, 3] }, [3])).toThrow(expect.objectContaining({ code: "TARGET_OUT_OF_RANGE" }));
    expect(() => checkTargets({ name: "y", dims: [null, null] }, [3, null])).not.toThrow();
    expect(() => checkTargets({ name: "y", dims: [null, null] }, ["cat" as never])).toThrow(expect.objectContaining({ code: "TARGET_INVALID" }));
  });
});
