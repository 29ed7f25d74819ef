import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type Model, float32 } from "@xdeep/core";
import { inputXGradient, Backprop } from "@xdeep/guided";
import { loadModel } from "@xdeep/onnxruntime";
import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { measureExplanation } from "../src/evaluate/measure-explanation.ts";
import { MEASURE_WORDS, createMetrics, resolveMeasures } from "../src/evaluate/metric.ts";
import { pictureModel, tableModel, writeTestModel } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

describe("xdeep explain --metric", () => {
  it("says under each method what xdeep evaluate says of it: on the screen, in the record and in the report", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    const row = join(folder, "row.json");
    await writeFile(row, "[[1, 2, 3, -4]]");
    const report = join(folder, "report.html");
    const argv = ["explain", model, row, "-t", "1", "-m", "vanilla,integrated", "-o", folder, "--report", report];
    expect((await runCli(argv)).code).toBe(0);
    expect(await readFile(report, "utf8")).not.toContain('class="measures"');

    const { code, stdout } = await runCli([...argv, "--metric", "deletion,completeness", "--seed", "1"]);
    expect(code).toBe(0);
    // Contributions 0, 6, 0, 4 to the score 10, as xdeep evaluate has them.
    const recordOf = async (method: string): Promise<ExplanationRecord> =>
      JSON.parse(await readFile(join(folder, `row.table.${method}.json`), "utf8")) as ExplanationRecord;
    const [vanilla, integrated] = [(await recordOf("vanilla")).measures!, (await recordOf("integrated")).measures!];
    expect(integrated["deletion"]).toMatchObject({ metric: "deletion", better: "lower", values: [2.25], parameters: { steps: 50, baseline: 0 } });
    expect(vanilla["deletion"]!.values).toEqual([4.25]);
    expect(vanilla["completeness"]!.values).toEqual([null]);
    expect(integrated["completeness"]!.values[0]).toBeLessThan(1e-6);
    expect(stdout).toContain("measured     deletion 4.25 (lower is better)");
    expect(stdout).toMatch(/note +completeness: "vanilla" gives sensitivities/);
    const page = await readFile(report, "utf8");
    expect(page.match(/<table class="measures">/g)).toHaveLength(2);
    expect(page).toMatch(/deletion <small>lower is better<\/small><\/th>\s*<td>2\.25<\/td>/);
    expect(page).toMatch(/completeness <small>lower is better<\/small><\/th>\s*<td>none<\/td>/);
  });

  it("is refused for measures that take more than the explanation, and where many inputs go into shards", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "row.json"), "[[1, 2, 3, -4]]");
    const explain = (...flags: readonly string[]): ReturnType<typeof runCli> => runCli(["explain", model, join(folder, "row.json"), "-o", folder, ...flags]);
    const cascade = await explain("--metric", "deletion,mprt");
    expect([cascade.code, cascade.stderr]).toEqual([2, expect.stringContaining("xdeep evaluate")]);
    const shards = await explain("--metric", "deletion", "--workers", "1");
    expect([shards.code, shards.stderr]).toEqual([2, expect.stringContaining("--metric")]);
  });

  it("leaves an explanation that cannot be measured without a value, and says why", async () => {
    const folder = await temporaryFolder();
    await using model = await loadModel(await writeTestModel(folder, "table.onnx", tableModel()));
    const input = { x: float32([1, 4], [1, 2, 3, -4]) };
    const attribution = await inputXGradient(new Backprop(model)).explain(input, { target: 1 });
    // The model was given another input than that of the explanation.
    const subject = { model, input: { x: float32([2, 4]) }, attribution };
    const metrics = createMetrics(resolveMeasures(["deletion"]), { model, output: "scores", plan: {}, score: undefined, seed: undefined, baseline: undefined });
    const { deletion } = await measureExplanation(subject, metrics, {});
    expect(deletion).toMatchObject({ values: [null], notes: [expect.stringContaining("rows")] });
  });

  it("costs the forward runs that --help says", async () => {
    const folder = await temporaryFolder();
    await using model = await loadModel(await writeTestModel(folder, "net.onnx", pictureModel()));
    let runs = 0;
    const counted: Model = Object.create(model, {
      forward: {
        value: async (request: Parameters<Model["forward"]>[0]) => {
          runs += Object.values(request.feeds)[0]!.dims[0]!;
          return model.forward(request);
        },
      },
    }) as Model;
    const input = {
      picture: float32(
        [1, 3, 8, 8],
        Float32Array.from({ length: 192 }, (_, i) => Math.sin(i)),
      ),
    };
    const attribution = await inputXGradient(new Backprop(model)).explain(input, { target: 1 });
    const told = Object.entries(MEASURE_WORDS).filter(([, { runs: said }]) => /^\d+$/.test(said!));
    expect(told.length).toBeGreaterThan(5);
    for (const [name, { runs: said }] of told) {
      runs = 0;
      const made = { model, output: "probabilities", plan: {}, score: undefined, seed: undefined, baseline: undefined };
      const found = await measureExplanation({ model: counted, input, attribution }, createMetrics(resolveMeasures([name]), made), {});
      expect([name, runs, found[name]!.values[0]]).toEqual([name, Number(said), expect.any(Number)]);
    }
  });
});
