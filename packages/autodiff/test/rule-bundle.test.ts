import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it.each(["sweep/differentiate-graph.ts", "explain/explainer-model.ts", "inspect/check-coverage.ts", "rules/relu.ts"])(
  "%s brings no rule along but its own: who passes a rule set loads that alone",
  (entry) => {
    const files = importedFrom(new URL(`../src/${entry}`, import.meta.url));
    const rules = files.filter((file) => file.includes("/rules/") && !file.endsWith(entry));
    expect(rules).toEqual([]);
  },
);

/** The files that a file imports values from, and those that they do. */
function importedFrom(entry: URL): readonly string[] {
  const files = new Set([entry.href]);
  for (const file of files) {
    const text = readFileSync(fileURLToPath(file), "utf8");
    for (const [, path = ""] of text.matchAll(/^(?:import|export) (?!type ).*? from "(\..*?)";$/gms)) files.add(new URL(path, file).href);
  }
  return [...files];
}
