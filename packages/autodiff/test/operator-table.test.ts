import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { nonDifferentiableOperators, zeroGradientOperators } from "../src/graph/operator-traits.ts";
import type { GradientRule } from "../src/sweep/rule.ts";
import { builtinRules } from "../src/rules/index.ts";

const page = new URL("../../../docs/operators.md", import.meta.url);

it("docs/operators.md lists the rules", async () => {
  const expected = operatorTable([...builtinRules.values()]);
  if (process.env["XDEEP_UPDATE_REPORTS"] === "1") await writeFile(page, expected);
  expect(await readFile(page, "utf8"), "Run: node scripts/operators.mjs").toBe(expected);
});

function operatorTable(rules: readonly GradientRule[]): string {
  const domains = [...new Set(rules.map(({ domain = "" }) => domain))].toSorted();
  const tables = domains.map((domain) => {
    const rows = rules.filter((rule) => (rule.domain ?? "") === domain).map(({ op, since }) => `| ${op} | ${since.join(", ")} |`);
    return `## ${domain === "" ? "ONNX" : domain}\n\n| Operator | Versions (since opset) |\n|---|---|\n${rows.toSorted().join("\n")}\n`;
  });
  return `# Operators

What @xdeep/autodiff differentiates: ${rules.length} operators. The page is made from the rules by \`node scripts/operators.mjs\`; do not edit it.

Models of older opsets are raised to 18 before they are differentiated, so the versions are those in force from there on; older ones are listed where
their form is the same. An operator or a version that is not here is refused at load, with the names of its nodes, if it stands between
the inputs and the explained output. [Write a gradient rule](write-a-rule.md) says how to add one.

${tables.join("\n")}
## Without a gradient

These let no gradient through, as they must: ${list([...nonDifferentiableOperators])}; and casts to integers.

The derivative of these is zero wherever there is one: ${list([...zeroGradientOperators])}.

## Sequences

Gradients pass sequences whose length the graph fixes, as those of SequenceConstruct, SplitToSequence and SequenceMap: they are replaced by their tensors. A
sequence that a Loop appends to is refused, since its length is known at run time only. PyTorch's exporters write \`embedding_bag\` and the lists of scripted loops so:
export a gather and a mean, or a loop that is unrolled.
`;
}

function list(names: readonly string[]): string {
  return names.toSorted().join(", ");
}
