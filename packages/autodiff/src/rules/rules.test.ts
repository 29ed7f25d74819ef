import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSpecs, specFiles } from "../../test/rule-specs.ts";
import { operatorKey } from "../sweep/rule-set.ts";
import type { GradientRule } from "../sweep/rule.ts";
import { builtinRuleList, builtinRules } from "./index.ts";

/** Files of the families: those of `composed` are parts of rules. */
const ruleFiles = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /^(?!composed)[^/]+\/.*\.ts$/.test(file) && !/\/index\.ts$|\.spec\.ts$|\.test\.ts$/.test(file))
  .sort();
const specs = await readSpecs(specFiles);

// The rows themselves are checked by packages/autodiff/test/rules-*.test.ts, side by side.
describe("every rule", () => {
  it("stands in a file with a spec beside it", () => {
    expect(specFiles).toEqual(ruleFiles.map((file) => file.replace(/\.ts$/, ".spec.ts")));
  });

  it("is listed in the index.ts of its family, once", async () => {
    const exported = await Promise.all(ruleFiles.map(async (file) => Object.values((await import(/* @vite-ignore */ `./${file}`)) as object).filter(isRule)));
    expect(new Set(builtinRuleList)).toEqual(new Set(exported.flat()));
    expect(builtinRules.size).toBe(builtinRuleList.length);
  });

  it("has at least one row in a spec", () => {
    const covered = new Set(specs.flatMap(({ rows }) => rows.map((row) => operatorKey(row.op, row.domain))));
    expect([...builtinRules.keys()].filter((key) => !covered.has(key))).toEqual([]);
  });

  it("names its rows once", () => {
    const names = specs.flatMap(({ rows }) => rows.map((row) => `${row.op} ${row.name} ${row.opset ?? ""}`));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

function isRule(value: unknown): value is GradientRule {
  return typeof value === "object" && value !== null && "pullback" in value && "since" in value;
}
