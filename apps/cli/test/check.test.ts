import { join } from "node:path";
import { writeFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import type { ModelInspection } from "@xdeep/autodiff";
import { foreignModel, pictureModel, tokenModel, writeTestModel } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

async function checkJson(path: string, ...flags: string[]): Promise<{ code: number; check: ModelInspection }> {
  const { code, stdout } = await runCli(["check", path, "--json", ...flags]);
  return { code, check: JSON.parse(stdout) as ModelInspection };
}

describe("xdeep check", () => {
  it("lists operators, outputs and rectifiers of a model that can be explained", async () => {
    const path = await writeTestModel(await temporaryFolder(), "model.onnx", pictureModel());
    const { code, check } = await checkJson(path);
    expect(code).toBe(0);
    expect(check).toMatchObject({
      explainable: true,
      opset: 18,
      inputs: [{ name: "picture", type: "float32", dims: ["N", 3, 8, 8] }],
      outputs: [{ name: "probabilities", explainable: true, logit: "logits", activation: "softmax" }],
      rectifiers: [{ op: "Relu", count: 1, byDefault: true }],
      wrt: ["picture"],
    });
    expect(check.operators.map(({ op, count, onPath, rule }) => [op, count, onPath, rule])).toEqual([
      ["Flatten", 1, 1, "yes"],
      ["Gemm", 1, 1, "yes"],
      ["GlobalAveragePool", 1, 1, "yes"],
      ["Relu", 1, 1, "yes"],
      ["Softmax", 1, 1, "yes"],
    ]);
    expect(check.values.map(({ name, dims }) => [name, dims])).toEqual([
      ["rectified", ["N", 3, 8, 8]],
      ["pooled", ["N", 3, 1, 1]],
      ["means", ["N", 3]],
      ["logits", ["N", 3]],
    ]);
  });

  it("prints the same for people", async () => {
    const path = await writeTestModel(await temporaryFolder(), "model.onnx", pictureModel());
    const { code, stdout, stderr } = await runCli(["check", path, "--values"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("model.onnx: can be explained");
    expect(stdout).toMatch(/probabilities {2}float32 {2}\[N, 3\] {2}yes: logit = "logits", probability = its softmax/);
    expect(stdout).toContain("1 Relu");
    expect(stdout).toMatch(/inner values for --wrt\n.*\n {2}rectified/);
    expect((await runCli(["check", path])).stdout).not.toContain("inner values");
  });

  it("exits with 1 where nothing can be explained, and says why", async () => {
    const path = await writeTestModel(await temporaryFolder(), "foreign.onnx", foreignModel());
    const { code, check } = await checkJson(path);
    expect(code).toBe(1);
    expect(check.explainable).toBe(false);
    expect(check.operators).toMatchObject([{ op: "Mystery", domain: "com.example", count: 1, onPath: 1, since: null, rule: "no" }]);
    expect(check.outputs[0]!.problem).toContain("com.example:Mystery");
  });

  it("names what stands in for the input of a model that takes tokens", async () => {
    const path = await writeTestModel(await temporaryFolder(), "tokens.onnx", tokenModel());
    const { code, check } = await checkJson(path);
    expect({ code, wrt: check.wrt }).toEqual({ code: 0, wrt: ["embedded"] });
    expect(check.operators.find(({ op }) => op === "Gather")).toMatchObject({ onPath: 0, rule: "not needed" });
    expect((await runCli(["check", path])).stdout).toContain("--wrt embedded");
  });

  it("refuses files that are no model", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "text.onnx"), "this is no model\n");
    for (const [file, code] of [
      ["text.onnx", "MODEL_INVALID"],
      ["none.onnx", "MODEL_NOT_FOUND"],
    ] as const) {
      const result = await runCli(["check", join(folder, file), "--json"]);
      expect(result.code).toBe(1);
      expect((JSON.parse(result.stdout) as { error: { code: string } }).error.code).toBe(code);
    }
  });
});
