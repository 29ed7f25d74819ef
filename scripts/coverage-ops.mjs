// Walks single-operator ONNX models with inputs and outputs, and checks every gradient against central differences along random directions.
// Usage: pnpm coverage:ops [CASES.jsonl.gz] [--only TEXT] [--list]
// A case is right, refused (with the reason), without a float path, or wrong. Exit status 1 when any is wrong.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createGunzip } from "node:zlib";
import { checkOperatorCase } from "./operator-case.mjs";

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" }, list: { type: "boolean" } } });
const file = positionals[0] ?? new URL("../../shared/onnx-op-cases.jsonl.gz", import.meta.url);

const results = [];
const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
for await (const line of lines) {
  const example = JSON.parse(line);
  if (options.only !== undefined && !example.case.includes(options.only)) continue;
  const result = { case: example.case, ops: example.ops, ...(await checkOperatorCase(example)) };
  results.push(result);
  if (options.list || result.verdict === "wrong") console.log(`${result.verdict.padEnd(14)} ${result.case}  ${result.reason ?? ""}`);
}

const count = (verdict) => results.filter((result) => result.verdict === verdict).length;
const [right, refused, wrong] = ["right", "refused", "wrong"].map(count);
const withPath = right + refused + wrong;
if (refused > 0) console.log("\nRefused:");
for (const { case: name, reason } of results.filter(({ verdict }) => verdict === "refused")) console.log(`  ${name}: ${reason}`);
console.log(
  `\n${results.length} cases: ${right} right, ${refused} refused (${((100 * refused) / Math.max(withPath, 1)).toFixed(1)} % of those with a float path), ${count("no float path")} without a float path, ${wrong} wrong`,
);
process.exitCode = wrong > 0 || results.length === 0 ? 1 : 0;
