import { createNoise } from "@xdeep/core/method";
import { type ModelProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { type ExplainerModel, type Lowering, builtinRules, explainerModel, prepareModel, typedGraph } from "@xdeep/autodiff";
import { selectedRowOfGemm, selectedRowOfMatMul } from "./selected-row.ts";

const lowerings = [selectedRowOfGemm, selectedRowOfMatMul];
const noise = createNoise(5);
const weights = (name: string, dims: readonly [number, number]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "float32", dims, data: Float32Array.from(noise.next(dims[0] * dims[1])) });
const bias = tensorProto("b", { type: "float32", dims: [5], data: new Float32Array(5).fill(0.5) });

/** x [N, 6] → tanh → 5 logits. */
function classifier(last: readonly [string, Record<string, number>], wide: boolean): ModelProto {
  const [op, attributes] = last;
  return modelProto({
    nodes: [nodeProto("Tanh", ["x"], ["h"]), nodeProto(op, ["h", "w", ...(op === "Gemm" ? ["b"] : [])], ["y"], attributes)],
    inputs: [valueInfoProto("x", "float32", ["N", 6])],
    outputs: [valueInfoProto("y", "float32", ["N", 5])],
    initializers: [weights("w", wide ? [6, 5] : [5, 6]), bias],
  });
}

function explain(model: ModelProto, forms: readonly Lowering[], wrt: readonly string[] = ["x"]): ExplainerModel {
  return explainerModel(typedGraph(prepareModel(model)), { output: "y", score: "logit", rules: builtinRules, lowerings: forms, wrt, results: "gradients" });
}

async function gradients({ model, names }: ExplainerModel): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const x = new ort.Tensor(
    "float32",
    Float32Array.from({ length: 18 }, (_, i) => Math.sin(i)),
    [3, 6],
  );
  const results = await session.run({ x, [names.target]: new ort.Tensor("int64", BigInt64Array.of(4n, 0n, -1n), [3]) });
  await session.release();
  return results[names.gradients["x"]!]!.data as Float32Array;
}

describe("the last layer of a classifier", () => {
  it.each([
    ["Gemm, weights by classes", classifier(["Gemm", { transB: 1 }], false)],
    ["Gemm, classes behind", classifier(["Gemm", {}], true)],
    ["MatMul", classifier(["MatMul", {}], true)],
  ])("reads the rows of the targets: %s", async (_, model) => {
    const lowered = explain(model, lowerings);
    expect(lowered.model.graph!.node.map(({ opType }) => opType)).toContain("Gather");
    expect(lowered.model.graph!.node.map(({ opType }) => opType)).not.toContain("OneHot");
    expect(await gradients(lowered)).toEqual(await gradients(explain(model, [])));
  });

  it("keeps its plain form where gradients of its weights are asked for", () => {
    const operators = (forms: readonly Lowering[]): readonly string[] =>
      explain(classifier(["Gemm", { transB: 1 }], false), forms, ["x", "w"]).model.graph!.node.map(({ opType }) => opType);
    expect(operators(lowerings)).toEqual(operators([]));
  });
});
