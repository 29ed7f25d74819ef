import { describe, expect, it } from "vitest";

import { parseTarget } from "./target-flag.ts";

const LABELS = ["tabby", "tiger_cat", "Egyptian cat", "tiger", "crane", "crane", undefined];

describe("targets", () => {
  it.each([
    ["281", 281],
    ["-1", -1],
    ["3,10,20", { index: [3, 10, 20] }],
    ["tabby", 0],
    ["TABBY", 0],
    ["tiger", 3],
    ["tiger cat", 1],
    ["egyptian_cat", 2],
    ["egypt", 2],
  ])("%s", (text, target) => expect(parseTarget(text, LABELS)).toEqual(target));

  it("lists the classes that a name can mean", () => {
    expect(() => parseTarget("cat", LABELS)).toThrow("can be 2 classes: tiger_cat (1), Egyptian cat (2)");
    expect(() => parseTarget("crane", LABELS)).toThrow("crane (4), crane (5)");
  });

  it("names the nearest where there is none", () => {
    expect(() => parseTarget("taby", LABELS)).toThrow('No class is called "taby". Nearest: tabby');
  });

  it("needs labels for names", () => {
    expect(() => parseTarget("tabby", null)).toThrow("--labels");
  });
});
