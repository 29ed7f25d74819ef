import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { ALONE_WORDS } from "./explain/methods/alone-method.ts";
import { METRIC_WORDS } from "./evaluate/metric.ts";
import { METHOD_WORDS } from "./explain/methods/method.ts";
import { createProgram } from "./program.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("README.md", () => {
  it("names only options that exist", () => {
    const program = createProgram({ stdout: process.stdout, stderr: process.stderr }, () => undefined);
    const known = new Set([program, ...program.commands].flatMap((command) => command.options.map(({ long }) => long)));
    const named = [...readme.matchAll(/(?<![-\w])--[a-z][\w-]*/g)].map(([flag]) => flag).filter((flag) => flag !== "--global");
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((flag) => !known.has(flag))).toEqual([]);
  });

  it("names every metric", () => {
    expect(Object.keys(METRIC_WORDS).filter((word) => !new RegExp(`\`${word}[\`:]`).test(readme))).toEqual([]);
  });

  it("describes the methods as the help does", () => {
    const [nesting] = readme.split('Methods joined by "-" nest');
    const rows = [...nesting!.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, word, meaning]) => [word, meaning]);
    expect(rows).toEqual(Object.entries(METHOD_WORDS));
  });

  it("names every method that stands alone", () => {
    expect(Object.keys(ALONE_WORDS).filter((word) => !readme.includes(`\`${word}\``))).toEqual([]);
  });
});
