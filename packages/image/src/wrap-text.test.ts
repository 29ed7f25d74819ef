import { describe, expect, it } from "vitest";
import { wrapText } from "./wrap-text.ts";

const wrap = (text: string, maxWidth: number, maxLines = 9): string[] => wrapText(text, maxWidth, maxLines, (line) => [...line].length);

describe("wrapText", () => {
  it("breaks at spaces and keeps line breaks", () => {
    expect(wrap("integrated gradients, 50 steps", 12)).toEqual(["integrated", "gradients,", "50 steps"]);
    expect(wrap("one\ntwo  three", 20)).toEqual(["one", "two three"]);
  });

  it("breaks words that are wider than a line, even one character wide", () => {
    expect(wrap("backpropagation", 6)).toEqual(["backpr", "opagat", "ion"]);
    expect(wrap("abc", 0)).toEqual(["a", "b", "c"]);
  });

  it("cuts what does not fit, within the width", () => {
    const lines = wrap("one two three four five", 8, 2);
    expect(lines).toEqual(["one two", "three…"]);
    expect(wrap("abcdefghij", 4, 1)).toEqual(["abc…"]);
  });
});
