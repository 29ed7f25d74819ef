import { describe, expect, it } from "vitest";

import { parseTarget } from "./target-flag.ts";

const LABELS = [
  "tabby",
  "tiger_cat",
  "Egyptian cat",
  "tiger",
  "crane",
  "crane",
  undefined,
  "jersey, T-shirt, tee shirt",
  "Corgi - Cardigan",
  "Cardigan",
  "black-and-tan coonhound",
  "Pembroke - Corgi",
];

const classes = (...terms: readonly (readonly [number, number])[]): unknown => ({ classes: terms.map(([index, weight]) => ({ class: index, weight })) });

describe("--target", () => {
  it.each([
    ["281", classes([281, 1])],
    ["-1", classes([-1, 1])],
    ["3,10,20", { terms: [{ index: [3, 10, 20], weight: 1 }] }],
    ["*,16", { max: [null, 16] }],
    ["16, *", { max: [16, null] }],
    ["tabby", classes([0, 1])],
    ["TABBY", classes([0, 1])],
    ["tiger", classes([3, 1])],
    ["tiger cat", classes([1, 1])],
    ["egyptian_cat", classes([2, 1])],
    ["egypt", classes([2, 1])],
  ])("%s", (text, wish) => expect(parseTarget(text, LABELS)).toEqual(wish));

  it.each([
    ["tabby - Egyptian_cat", classes([0, 1], [2, -1])],
    ["tabby + tiger cat - 0.5 * egypt", classes([0, 1], [1, 1], [2, -0.5])],
    ["- tabby + tiger", classes([0, -1], [3, 1])],
    ["2 * tabby", classes([0, 2])],
    ["281 - 285", classes([281, 1], [285, -1])],
    ["281-285", classes([281, 1], [285, -1])],
    ["tabby - 3", classes([0, 1], [3, -1])],
    [
      "1,20,7 - 2,20,7",
      {
        terms: [
          { index: [1, 20, 7], weight: 1 },
          { index: [2, 20, 7], weight: -1 },
        ],
      },
    ],
  ])("the sum %s", (text, wish) => expect(parseTarget(text, LABELS)).toEqual(wish));

  it.each([
    ["a comma", "jersey, T-shirt, tee shirt", classes([7, 1])],
    ["part of one with a comma", "T-shirt, tee", classes([7, 1])],
    ["minus signs", "black-and-tan coonhound", classes([10, 1])],
    ["a minus sign with spaces", "Corgi - Cardigan", classes([8, 1])],
    ["such a name in a sum", "tabby - Corgi - Cardigan", classes([0, 1], [8, -1])],
    ["two such names in a sum", "Pembroke - Corgi - Corgi - Cardigan", classes([11, 1], [8, -1])],
  ])("finds a name with %s", (_, text, wish) => expect(parseTarget(text, LABELS)).toEqual(wish));

  it("lists the classes that a name can mean, in a sum too", () => {
    expect(() => parseTarget("cat", LABELS)).toThrow("can be 2 classes: tiger_cat (1); Egyptian cat (2)");
    expect(() => parseTarget("crane", LABELS)).toThrow("crane (4); crane (5)");
    expect(() => parseTarget("tabby - cat", LABELS)).toThrow('"cat" can be 2 classes');
  });

  it("refuses a text that several sums can mean", () => {
    const labels = ["a", "a - b", "b - c", "c"];
    expect(() => parseTarget("a - b - c", labels)).toThrow("several sums");
    expect(parseTarget("a - b", labels)).toEqual(classes([1, 1]));
  });

  it("names the nearest where there is none", () => {
    expect(() => parseTarget("taby", LABELS)).toThrow('No class is called "taby". Nearest: tabby');
  });

  it("needs labels for names", () => {
    expect(() => parseTarget("tabby", null)).toThrow("--labels");
    expect(() => parseTarget("tabby - lynx", null)).toThrow("--labels");
  });

  it("refuses sums of classes and indices", () => {
    expect(() => parseTarget("tabby - 1,2", LABELS)).toThrow("not both");
  });
});
