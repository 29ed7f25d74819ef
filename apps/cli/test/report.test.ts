import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { describe, expect, it } from "vitest";

import { createHtmlReport } from "../src/html-report/collect.ts";
import type { ExplanationRecord } from "../src/explain/explanation.ts";
import type { PreparedInput } from "../src/inputs/prepare-input.ts";
import { pictureModel, tableModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

describe("--report", () => {
  it("writes one page that loads nothing, with every method, the scores and the command", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "net.onnx", pictureModel());
    const picture = await writeTestPicture(folder, "red.png", { r: 255, g: 51, b: 0 });
    const report = join(folder, "it's a report.html");
    const argv = ["explain", model, picture, "-m", "vanilla,integrated", "-o", join(folder, "out"), "--report", report];
    const { code, stdout } = await runCli(argv);
    expect(code).toBe(0);
    expect(stdout).toContain(`written ${report}`);
    const page = await readFile(report, "utf8");
    expect(page.match(/<xdeep-map /g)).toHaveLength(2);
    expect(page).toContain("-m vanilla,integrated");
    expect(page).toContain("it&#39;\\&#39;&#39;s a report.html&#39;");
    expect(page).toMatch(/delta<\/dt>/);
    expect(page).toMatch(/SHA-256 [0-9a-f]{64}/);
    expect(page.match(/(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
    const document = JSON.parse((await runCli([...argv, "--json"])).stdout) as { readonly report: string };
    expect(document.report).toBe(report);
  });

  it("shows bars for a table, row by row, and says what failed", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "rows.json"), JSON.stringify(Array.from({ length: 10 }, (_, n) => [n, 2, 3, 4])));
    await writeFile(join(folder, "features.txt"), "a\nb\n<c>\nd\n");
    const report = join(folder, "report.html");
    const inputs = [join(folder, "rows.json"), join(folder, "none.json")];
    const { code } = await runCli(["explain", model, ...inputs, "--features", join(folder, "features.txt"), "-o", folder, "--report", report]);
    expect(code).toBe(1);
    const page = await readFile(report, "utf8");
    expect(page.match(/kind="bars"/g)).toHaveLength(8);
    expect(page).toContain("2 more rows are in the files");
    expect(page).toContain("&quot;&lt;c&gt;&quot;");
    expect(page).toMatch(/none\.json.*\[INPUT_MISSING\]/);
  });

  it("stays under 3 MB for ten pictures of 224 pixels under two methods", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "report.html");
    const report = createHtmlReport(path, 20, ["explain"]);
    const noise = createNoise(1);
    const values = { x: float32([1, 3, 224, 224], Float32Array.from(noise.next(3 * 224 * 224))) };
    const data = Uint8Array.from(noise.next(3 * 224 * 224), (value) => 128 + 15 * value);
    const input = { picture: { width: 224, height: 224, data }, layout: "NCHW" } as unknown as PreparedInput;
    const record = {
      name: "vanilla",
      method: { name: "vanilla", parameters: {} },
      layer: null,
      rule: "standard",
      output: "y",
      entries: "scores",
      score: "logit",
      rows: [{ target: 1, name: null, score: 2, top: [] }],
      notes: [],
      versions: {},
      model: { file: "m.onnx", sha256: "0", weightFiles: [], backend: "b", engine: "e" },
      input: { file: "i.png", sha256: "0", input: "x", dims: [1, 3, 224, 224], picture: null },
    } as unknown as ExplanationRecord;
    for (let n = 0; n < 10; n++)
      await report.add(
        input,
        [
          { record, values },
          { record, values },
        ],
        [record, record],
        null,
      );
    await report.write({ warnings: [], failures: [] });
    expect((await readFile(path)).length).toBeLessThan(3_000_000);
  });
});
