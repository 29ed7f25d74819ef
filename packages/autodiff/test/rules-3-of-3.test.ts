import { describe, it } from "vitest";
import { checkRule } from "./check-rule.ts";
import { specsOfPart } from "./rule-specs.ts";

describe.each(await specsOfPart(2, 3))("$file", ({ rows }) => {
  it.each(rows)("$op: $name", (row) => checkRule(row));
});
