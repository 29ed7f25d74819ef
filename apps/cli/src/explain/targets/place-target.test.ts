import { describe, expect, it } from "vitest";

import { classOf, placeTarget } from "./place-target.ts";

/** Two anchors: a box, then three classes. Row-major. */
const ANCHORS = { name: "out", rowDims: [2, 7], rows: [Float64Array.of(90, 80, 70, 60, 0.1, 0.2, 0.3, 9, 8, 7, 6, 0.9, 0.1, 0.4)] };
const dog = { classes: [{ class: 2, weight: 1 }] };

describe("a class of an output with more axes", () => {
  it("is the highest of its entries, behind the box", () => {
    expect(placeTarget(dog, ANCHORS, 3)).toEqual({ targets: [{ max: [null, 6] }], axis: { axis: 1, offset: 4 }, highestOf: "*,6" });
  });

  it("is found along any axis", () => {
    const output = { name: "out", rowDims: [8, 2], rows: [new Float64Array(16)] };
    expect(placeTarget(dog, output, 3)).toEqual({ targets: [{ max: [7, null] }], axis: { axis: 0, offset: 5 }, highestOf: "7,*" });
  });

  it("is summed with others where the first of them is highest", () => {
    const { targets } = placeTarget(
      {
        classes: [
          { class: 0, weight: 1 },
          { class: 2, weight: -1 },
        ],
      },
      ANCHORS,
      3,
    );
    expect(targets).toEqual([
      {
        terms: [
          { index: [1, 4], weight: 1 },
          { index: [1, 6], weight: -1 },
        ],
      },
    ]);
  });

  it("where none is named, is the highest of all classes, and no number of a box", () => {
    const { targets, highestOf, axis } = placeTarget(null, ANCHORS, 3);
    expect({ targets, highestOf }).toEqual({ targets: [{ index: [1, 4] }], highestOf: "all classes" });
    expect(classOf([1, 4], axis)).toBe(0);
  });

  it("is refused where no axis, or more than one, can have the classes", () => {
    expect(() => placeTarget(dog, ANCHORS, null)).toThrow('--target "2,*" or "*,2"');
    expect(() => placeTarget(dog, ANCHORS, 80)).toThrow("No axis");
    expect(() => placeTarget(dog, { ...ANCHORS, rowDims: [3, 7] }, 3)).toThrow("More than one axis");
  });
});

it("a class of an output with one axis is its number, and none is the highest", () => {
  const output = { name: "out", rowDims: [3, 1, 1], rows: [Float64Array.of(1, 2, 3)] };
  expect(placeTarget(dog, output, null).targets).toEqual([2]);
  expect(placeTarget(null, output, null).targets).toBeNull();
  expect(
    placeTarget(
      {
        classes: [
          { class: 0, weight: 1 },
          { class: 2, weight: -1 },
        ],
      },
      output,
      3,
    ).targets,
  ).toEqual([
    {
      terms: [
        { index: 0, weight: 1 },
        { index: 2, weight: -1 },
      ],
    },
  ]);
});
