import { readFile, writeFile } from "node:fs/promises";

import * as backend from "@xdeep/core/backend";
import { expect, it } from "vitest";

import { caseTable, conformance, groupTable, referenceModel } from "../src/index.ts";
import { UPDATE_VARIABLE } from "../src/reports/report-file.ts";

const root = new URL("../../../", import.meta.url);
const readme = new URL("packages/conformance/README.md", root);

it.each([
  ["packages/conformance/README.md", groupTable, 120],
  ["docs/conformance-cases.md", caseTable, 300],
] as const)("%s lists every case", async (path, table, longest) => {
  const file = new URL(path, root);
  const text = await readFile(file, "utf8");
  const expected = text.replace(/<!-- cases -->[^]*<!-- \/cases -->/, () => `<!-- cases -->\n${table()}\n<!-- /cases -->`);
  if (process.env[UPDATE_VARIABLE] === "1") await writeFile(file, expected);
  expect(await readFile(file, "utf8")).toBe(expected);
  expect(expected.split("\n").length).toBeLessThanOrEqual(longest);
});

it("README's example registers tests that pass", async () => {
  const [, code = ""] = /```js\n([^]*?)```/.exec(await readFile(readme, "utf8")) ?? [];
  expect(code).toContain('import { conformance, referenceModel } from "@xdeep/conformance"');
  const tests = new Map<string, () => Promise<void>>();
  const api = { describe: (_: string, define: () => void) => define(), it: (name: string, run: () => Promise<void>) => tests.set(name, run) };
  const body = code.replace(/^import .*$/gm, "");
  // The example as it stands, with its two imports handed over.
  new Function("describe", "it", "conformance", "referenceModel", body)(api.describe, api.it, conformance, referenceModel);
  expect(tests.size).toBeGreaterThan(300);
  await tests.get("vjp/cnn")!();
  await tests.get("rules/guided/cnn")!();
});

it("docs/write-a-backend.md shows the example as it is, under 80 lines", async () => {
  const doc = await readFile(new URL("docs/write-a-backend.md", root), "utf8");
  for (const name of ["backend.js", "backend.test.js"]) {
    const file = await readFile(new URL(`examples/finite-differences-backend/${name}`, root), "utf8");
    expect(file.split("\n").length).toBeLessThan(80);
    expect(doc).toContain(`## ${name}\n`);
    expect(doc).toContain(`\`\`\`js\n${file}\`\`\``);
  }
});

it("docs/write-a-backend.md names functions that @xdeep/core/backend has", async () => {
  const doc = await readFile(new URL("docs/write-a-backend.md", root), "utf8");
  const names = [...doc.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(10);
  const exported: Readonly<Record<string, unknown>> = { ...backend };
  for (const name of [...names, "checkOptionNames"]) expect(exported[name], name).toBeInstanceOf(Function);
});
