import { describe, expect, it } from "vitest";
import { wrapText } from "./wrap-text.ts";

const limits = (maxWidth: number, maxLines = 9) => ({ maxWidth, maxLines, widthOf: (line: string) => [...line].length });
const wrap = (text: string, maxWidth: number, maxLines = 9): readonly string[] => wrapText(text, limits(maxWidth, maxLines)).lines;

describe("wrapText", () => {
  it("breaks at spaces and keeps line breaks", () => {
    expect(wrap("integrated gradients, 50 steps", 12)).toEqual(["integrated", "gradients,", "50 steps"]);
    expect(wrap("one\ntwo  three", 20)).toEqual(["one", "two three"]);
  });

  it("breaks after hyphens, slashes and underscores", () => {
    expect(wrap("gradient-times-input", 15)).toEqual(["gradient-times-", "input"]);
    expect(wrap("cats/IMG_2023_0401.jpg", 10)).toEqual(["cats/IMG_", "2023_", "0401.jpg"]);
    expect(wrap("a - b -0.5", 6)).toEqual(["a - b", "-0.5"]);
  });

  it("never breaks a word: one that is too wide loses its middle", () => {
    expect(wrapText("guided backpropagation", limits(10))).toEqual({ lines: ["guided", "backp…tion"], isWhole: false });
    expect(wrap("abc", 0)).toEqual(["…"]);
  });

  it("breaks between the words of scripts without spaces, and leaves their punctuation where it belongs", () => {
    for (const [text, width] of [
      ["神经网络看到了什么？", 5],
      ["ニューラルネットワークは何を見たか。", 8],
      ["โครงข่ายประสาทเห็นอะไร", 12],
    ] as const) {
      const words = new Set([...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)].map(({ index }) => index));
      const lines = wrap(text, width, 20);
      expect(lines.join("")).toBe(text);
      let at = 0;
      for (const line of lines) {
        expect(words.has(at)).toBe(true);
        expect(line).toMatch(/^[^？。]/);
        at += line.length;
      }
    }
  });

  it("leaves whole words out where there are too many, within the width", () => {
    expect(wrapText("one two three four five", limits(8, 2))).toEqual({ lines: ["one two", "three…"], isWhole: false });
    expect(wrap("abcdefghij klm", 10, 1)).toEqual(["abcde…hij…"]);
    expect(wrapText("one two", limits(8, 2)).isWhole).toBe(true);
  });
});
