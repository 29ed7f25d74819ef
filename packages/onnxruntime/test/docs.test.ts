import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as autodiff from "@xdeep/autodiff";
import * as core from "@xdeep/core";
import * as guided from "@xdeep/guided";
import * as integrated from "@xdeep/integrated";
import { type ModelProto, modelProto, nodeProto, saveModelFile, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { runExample } from "@xdeep/test-models";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as onnxruntime from "../src/index.ts";
import { failure } from "./failure.ts";
import { tokenModel, weights } from "./small-models.ts";

const docs = new URL("../../../docs/", import.meta.url);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-"));
  const x = valueInfoProto("x", "float32", ["N", 2]);
  await saveModelFile(join(folder, "sentiment.onnx"), tokenModel());
  await saveModelFile(
    join(folder, "relu.onnx"),
    modelProto({ nodes: [nodeProto("Relu", ["x"], ["y"])], inputs: [x], outputs: [valueInfoProto("y", "float32", ["N", 2])] }),
  );
  await saveModelFile(
    join(folder, "distances.onnx"),
    modelProto({
      nodes: [
        nodeProto("CDist", ["x", "centres"], ["d"], { metric: "sqeuclidean" }, { domain: "com.microsoft", name: "distances" }),
        nodeProto("Neg", ["d"], ["n"]),
        nodeProto("Exp", ["n"], ["y"]),
      ],
      inputs: [x],
      outputs: [valueInfoProto("y", "float32", ["N", 3])],
      initializers: [weights("centres", 1, [3, 2])],
      domains: { "com.microsoft": 1 },
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

/** The packages as the examples import them; models lie in the folder. */
function modules(): Record<string, object> {
  const loadModel = (path: string, options: onnxruntime.LoadModelOptions): Promise<core.Model> => onnxruntime.loadModel(join(folder, path), options);
  return {
    "@xdeep/autodiff": autodiff,
    "@xdeep/core": core,
    "@xdeep/guided": guided,
    "@xdeep/integrated": integrated,
    "@xdeep/onnxruntime": { ...onnxruntime, loadModel },
  };
}

it("docs/token-models.md runs", async () => {
  expect(await runExample(new URL("token-models.md", docs), modules(), {})).toEqual([[1, 5, 6], 5, true]);
});

it("docs/write-a-rule.md runs", async () => {
  expect(await runExample(new URL("write-a-rule.md", docs), modules(), {})).toEqual([[2], 0.5]);
});

it("the rule of docs/write-a-rule.md is the derivative of what it stands for, and is needed", async () => {
  const { code, message } = await failure(onnxruntime.loadModel(join(folder, "distances.onnx")));
  expect(code).toBe("GRADIENT_MISSING");
  expect(message).toContain('com.microsoft:CDist (node "distances")');
  const text = await readFile(new URL("write-a-rule.md", docs), "utf8");
  const [, source = ""] = /const distanceRule = (\{[^]*?\n\});/.exec(text) ?? [];
  const rule = new Function(`return ${source}`)() as autodiff.GradientRule;
  const model = await onnxruntime.loadModel(join(folder, "distances.onnx"), { rules: autodiff.withRules(autodiff.builtinRules, rule) });
  const at = async (data: readonly number[]): Promise<number> => (await model.forward({ feeds: { x: core.float32([1, 2], data) }, target: 0 })).scores[0]!;
  const { gradients } = await model.vjp({ feeds: { x: core.float32([1, 2], [0.2, 0.3]) }, target: 0 });
  const step = 1e-2;
  const expected = [(await at([0.2 + step, 0.3])) - (await at([0.2 - step, 0.3])), (await at([0.2, 0.3 + step])) - (await at([0.2, 0.3 - step]))];
  expected.forEach((difference, i) => expect(gradients["x"]!.data[i]).toBeCloseTo(difference / (2 * step), 3));
  expect(Math.abs(gradients["x"]!.data[0]!)).toBeGreaterThan(0.01);
  await model.dispose();
});

it("the backward rule of docs/write-a-rule.md passes positive cotangents alone", async () => {
  const text = await readFile(new URL("write-a-rule.md", docs), "utf8");
  const [, source = ""] = /const positiveEvidence = (\{[^]*?\n\});/.exec(text) ?? [];
  const positiveEvidence = new Function(`return ${source}`)() as autodiff.BackwardRule;
  const { model, gradients } = autodiff.differentiate(convolution(), {
    rule: "positive-evidence",
    backwardRules: [...autodiff.backwardRules, positiveEvidence],
  });
  expect(gradients).toHaveProperty("x");
  expect(model.graph!.node.map(({ opType }) => opType)).toContain("Relu");
});

it("the files that docs/write-a-rule.md shows are those of the project", async () => {
  const text = await readFile(new URL("write-a-rule.md", docs), "utf8");
  const shown = [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
  const files = ["softsign.ts", "softsign.spec.ts"].map((name) => readFile(new URL(`../packages/autodiff/src/rules/activations/${name}`, docs), "utf8"));
  expect(shown).toEqual(await Promise.all(files));
});

/** A single convolution. */
function convolution(): ModelProto {
  return modelProto({
    nodes: [nodeProto("Conv", ["x", "k"], ["y"])],
    inputs: [valueInfoProto("x", "float32", ["N", 1, 4, 4])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [tensorProto("k", { type: "float32", dims: [1, 1, 3, 3], data: new Float32Array(9).fill(1) })],
  });
}
