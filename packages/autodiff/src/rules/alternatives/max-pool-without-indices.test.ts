import { describe, it } from "vitest";
import { checkRule } from "../../../test/check-rule.ts";
import { withRules } from "../../sweep/rule-set.ts";
import { builtinRules } from "../index.ts";
import { rows } from "../max-pool.spec.ts";
import { maxPoolWithoutIndicesRule } from "./max-pool-without-indices.ts";

/** ceil_mode and auto_pad need dims that are known before the run. */
const STATIC = /ceil_mode|auto_pad/;

describe("MaxPool without indices", () => {
  it.each(rows.filter(({ outputs }) => outputs === undefined))("$name", (row) =>
    checkRule({ ...row, dynamic: !STATIC.test(row.name) }, withRules(builtinRules, maxPoolWithoutIndicesRule)),
  );
});
