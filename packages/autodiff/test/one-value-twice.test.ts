import { describe, it } from "vitest";
import { checkRule } from "./check-rule.ts";
import type { InputSpec, RuleSpec } from "./rule-spec.ts";
import { readSpecs, specFiles } from "./rule-specs.ts";

/** A variance is positive: the mean and the bias of a normalisation are not drawn so. */
const APART: ReadonlySet<string> = new Set(["BatchNormalization"]);

/** A row of an operator whose first two inputs of the same dims are one value. */
function shared(row: RuleSpec): readonly RuleSpec[] {
  if (row.expected !== undefined || row.wrt !== undefined || APART.has(row.op)) return [];
  const drawn = row.inputs.map(isDrawn);
  for (const [i, input] of row.inputs.entries()) {
    const j = row.inputs.findIndex((other, k) => k > i && drawn[i] && drawn[k] && String(other!.dims) === String(input!.dims));
    if (j < 0) continue;
    const inputs = row.inputs.map((other, k) => (k === j ? { ...other!, sameAs: i } : other));
    return [{ ...row, name: `${row.name}, input ${j} is input ${i}`, inputs }];
  }
  return [];
}

function isDrawn(input: InputSpec | null): boolean {
  if (input === null || input.constant === true || input.outer === true || input.sameAs !== undefined) return false;
  return (input.type ?? "float32") === "float32" && input.values === undefined;
}

/** A few rows of each operator. */
const ROWS = 3;

const all = (await readSpecs(specFiles)).flatMap((file) => file.rows.flatMap(shared));
const rows = all.filter(({ op }, i) => all.slice(0, i).filter((row) => row.op === op).length < ROWS);

describe("an operator that is given one value in two places has the gradient of both", () => {
  it.each(rows)("$op: $name", (row) => checkRule(row));
});
