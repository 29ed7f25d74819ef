import { expect, it } from "vitest";

import { wrapLines } from "./wrap-lines.ts";

it("breaks between words at 80 columns, behind its head", () => {
  const lines = wrapLines("word ".repeat(40).trim(), "  head  ").split("\n");
  expect(lines[0]).toMatch(/^ {2}head {2}word word/);
  expect(lines.slice(1).every((line) => /^ {8}word/.test(line))).toBe(true);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join(" ").match(/word/g)).toHaveLength(40);
});

it("keeps long words whole", () => {
  const path = "/a".repeat(60);
  expect(wrapLines(`see ${path} there`, "- ")).toBe(`- see\n  ${path}\n  there`);
});
