import { describe, expect, it } from "vitest";

import {
  collect,
  collectPairs,
  integerFrom,
  parseFolder,
  parseNumber,
  parseNumbers,
  parsePercentile,
  parseSize,
  parseTolerance,
  splitList,
  wordsOf,
} from "./parse-flag.ts";

describe("numbers", () => {
  it.each([
    ["1", 1],
    ["-0.5", -0.5],
    ["1e-3", 1e-3],
  ])("%s", (text, value) => expect(parseNumber(text)).toBe(value));
  it.each(["", " ", "one", "1,5", "NaN", "Infinity"])("refuses %j", (text) => expect(() => parseNumber(text)).toThrow("number"));
  it("keeps integers in their range", () => {
    expect(integerFrom(1)("3")).toBe(3);
    for (const text of ["0", "2.5", "-1"]) expect(() => integerFrom(1)(text)).toThrow("integer, 1 or above");
  });
  it("takes one number or one per channel", () => {
    expect(parseNumbers("0.5")).toBe(0.5);
    expect(parseNumbers("1,2,3")).toEqual([1, 2, 3]);
    expect(() => parseNumbers("1,,3")).toThrow("number");
  });
  it("takes a tolerance in units of the score, or as a share", () => {
    expect(parseTolerance("0.02")).toBe(0.02);
    expect(parseTolerance("2%")).toEqual({ share: 0.02 });
    for (const text of ["0", "-1%", "%", "few%"]) expect(() => parseTolerance(text)).toThrow("number");
  });
  it("bounds percentiles", () => {
    expect(parsePercentile("99.5")).toBe(99.5);
    for (const text of ["0", "101"]) expect(() => parsePercentile(text)).toThrow("number above 0");
  });
});

it("takes what ends as a file for a slip where a folder is asked for", () => {
  for (const text of [".", "results", "out/v1.2", "cat.png/maps"]) expect(parseFolder(text)).toBe(text);
  expect(() => parseFolder("maps/cat.PNG")).toThrow("Name it without: maps/cat");
});

it("reads sizes", () => {
  expect(parseSize("224")).toEqual({ width: 224, height: 224 });
  expect(parseSize("320x240")).toEqual({ width: 320, height: 240 });
  expect(parseSize("x48")).toEqual({ width: null, height: 48 });
  expect(parseSize("320x")).toEqual({ width: 320, height: null });
  for (const text of ["0", "", "x", "12x0", "-3", "3x4x5"]) expect(() => parseSize(text)).toThrow("WIDTHxHEIGHT");
});

it("splits lists, and refuses words that it does not know", () => {
  expect(splitList(" a, b ,")).toEqual(["a", "b"]);
  expect(() => splitList(",")).toThrow("names nothing");
  expect(wordsOf(["a", "b"])("b,a")).toEqual(["b", "a"]);
  expect(() => wordsOf(["a", "b"])("a,c")).toThrow('no "c"');
});

it("collects what is given several times", () => {
  expect(collect("b", collect("a", undefined))).toEqual(["a", "b"]);
  expect(collectPairs("mask:0=m.npy", collectPairs("a=b=1.npy", undefined))).toEqual({ "a=b": "1.npy", "mask:0": "m.npy" });
  for (const text of ["mask", "=m.npy", "mask="]) expect(() => collectPairs(text, undefined)).toThrow("name of an input");
});
