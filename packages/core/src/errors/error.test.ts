import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { ERROR_CODES, XDeepError, isXDeepError } from "./error.ts";

describe("docs/errors.md", () => {
  const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
  const sections = page
    .split(/^## /m)
    .slice(1)
    .map((section) => section.split("\n\n", 2));

  it("has one section for each code, in the order of the list", () => {
    expect(sections.map(([heading]) => heading)).toEqual([...ERROR_CODES]);
    expect([...ERROR_CODES]).toEqual(ERROR_CODES.toSorted());
  });

  it.each(sections)("says something about %s", (_, text) => {
    expect(text!.length).toBeGreaterThan(40);
  });
});

it("a message shows on a terminal as it is, and details hold what the file holds", () => {
  const name = "\u001b[2J\u202Egnp\r.x";
  const error = new XDeepError("INPUT_UNKNOWN", `No input "${name}".\nInputs:\ta`, { details: { name } });
  expect(error.message).toBe('No input "\\u001b[2J\\u202egnp\\u000d.x".\nInputs:\ta');
  expect(error.details).toEqual({ name });
});

it("a message stays readable where a file holds a name as long as a book", () => {
  const error = new XDeepError("MODEL_INVALID", `The weights lie in "${"a".repeat(1e6)}", which is missing.\nDownload them.`);
  expect(error.message.length).toBeLessThan(3000);
  expect(error.message).toMatch(/^The weights lie in "a+ … \(\d+ characters\) … a+", which is missing.\nDownload them.$/);
});

describe("isXDeepError", () => {
  it("knows errors of this and of another copy, by code where asked", () => {
    const error = new XDeepError("INPUT_SHAPE", "wrong", { details: { got: [1] }, cause: 3 });
    expect(error).toMatchObject({ code: "INPUT_SHAPE", details: { got: [1] }, cause: 3 });
    const foreign = Object.assign(new Error("wrong"), { name: "XDeepError", code: "INPUT_SHAPE" });
    for (const each of [error, foreign]) {
      expect(isXDeepError(each)).toBe(true);
      expect(isXDeepError(each, "INPUT_SHAPE")).toBe(true);
      expect(isXDeepError(each, "INPUT_TYPE")).toBe(false);
    }
    expect(isXDeepError(new Error("wrong"))).toBe(false);
    expect(isXDeepError(null)).toBe(false);
  });
});
