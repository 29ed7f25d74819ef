import { readFile, readdir, writeFile } from "node:fs/promises";

import { expect, it } from "vitest";

import { supportMatrix } from "../src/index.ts";
import { UPDATE_VARIABLE, readReport } from "../src/reports/report-file.ts";

const docs = new URL("../../../docs/", import.meta.url);
const page = new URL("support-matrix.md", docs);

const HEAD = `# Support matrix

What each backend was proved to do by [@xdeep/conformance](../packages/conformance/README.md), case by case. The page is made from the reports
in [conformance](conformance) by \`node scripts/support-matrix.mjs\`; do not edit it. Every number is compared with a float64 reference, and may
differ by 1e-5 of the largest value, times the tolerance. "yes": the case passed. "no": the backend declares not to have what it takes, and
refused as it must. \`node scripts/support-matrix.mjs --browser\` runs the engines in Chromium too. GPUs there are emulated on the CPU by SwiftShader: no real one
was run. A report that is not here was not made with the cases of today.
[Conformance cases](conformance-cases.md) says what each case proves.
`;

it("docs/support-matrix.md shows the reports in docs/conformance", async () => {
  const files = (await readdir(new URL("conformance/", docs))).filter((name) => name.endsWith(".json")).toSorted();
  const reports = await Promise.all(files.map((name) => readReport(new URL(`conformance/${name}`, docs))));
  const expected = `${HEAD}\n${supportMatrix(reports)}\n`;
  if (process.env[UPDATE_VARIABLE] === "1") await writeFile(page, expected);
  const inNode = ["onnxruntime-node", "onnxruntime-web", "tfjs-cpu", "tfjs-wasm"];
  const inChromium = ["onnxruntime-web-threads", "onnxruntime-web", "tfjs-wasm"];
  const names = reports.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...inNode, ...inChromium.map((name) => `${name}, Chromium`)]));
  expect(reports.flatMap(({ cases }) => cases.filter(({ status }) => status === "failed"))).toEqual([]);
  expect(await readFile(page, "utf8")).toBe(expected);
});

it("shows refusals, known failures and their reasons", () => {
  const capabilities = { rules: ["standard"], rectifiers: [], innerValues: false, logits: false, gpu: false, maxBatch: 1 } as const;
  const text = supportMatrix([
    {
      format: 1,
      suite: "1.0.0",
      name: "mine",
      backend: "mine",
      engine: "hand-made",
      layout: "NHWC",
      capabilities,
      tolerance: { factor: 3, reason: "Half precision." },
      cases: [
        { id: "vjp/relu", status: "passed" },
        { id: "vjp/relu/at-zero", status: "known-failure", reason: "one-sided", issue: 41 },
        { id: "rules/guided/cnn", status: "refused", reason: 'no rule "guided"' },
      ],
    },
  ]);
  expect(text).toContain("| Cases passed | 1 of 3 |");
  expect(text).toContain("| Tolerance | × 3 |");
  expect(text).toContain("| `relu/at-zero` | **fails** |");
  expect(text).toContain("| `guided/cnn` | no |");
  expect(text).toContain("- mine: tolerances are 3 times wider. Half precision.");
  expect(text).toContain("- mine, `vjp/relu/at-zero` (known-failure): one-sided Issue: 41");
  expect(text).not.toContain("## forward");
});
