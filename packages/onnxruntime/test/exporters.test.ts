import type { FloatTensor, Tensor } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { type ModelProto, float, modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { styles } from "./exporter-styles.ts";
import { failure } from "./failure.ts";
import { gradientError, numericalGradient } from "./numerical-gradient.ts";
import { mapSequenceOutput, randomTensor, weights } from "./small-models.ts";
import { loadModel } from "../src/load-model.ts";

describe("graphs as exporters write them", () => {
  it.each(styles)("$exporter", async ({ model, x, input = "x", of = "y" }) => {
    const loaded = await loadModel(writeModel(model));
    expect(loaded.inputs.map(({ name }) => name)).toEqual([input]);
    const { values } = await new Backprop(loaded).explain(x, { target: [0, 2] });
    expect(gradientError(values, numericalGradient(model, { [input]: x }, { wrt: input, of, target: [0, 2] }))).toBeLessThan(2e-5);
    await loaded.dispose();
  });
});

describe("scikit-learn", () => {
  const classifier = (nodes: Parameters<typeof modelProto>[0]["nodes"], outputs: Parameters<typeof modelProto>[0]["outputs"]): ModelProto =>
    modelProto({
      nodes,
      inputs: [valueInfoProto("X", "float32", [null, 4])],
      outputs,
      initializers: [weights("w", 1, [4, 3]), weights("b", 2, [3])],
      opset: 15,
      domains: { "ai.onnx.ml": 1 },
    });

  it("a tree ensemble is refused by name", async () => {
    const attributes = {
      classlabels_int64s: [0, 1],
      nodes_falsenodeids: [2, 0, 0],
      nodes_featureids: [0, 0, 0],
      nodes_modes: ["BRANCH_LEQ", "LEAF", "LEAF"],
      nodes_nodeids: [0, 1, 2],
      nodes_treeids: [0, 0, 0],
      nodes_truenodeids: [1, 0, 0],
      nodes_values: float([0.5, 0, 0]),
      class_ids: [0, 1],
      class_nodeids: [1, 2],
      class_treeids: [0, 0],
      class_weights: float([1, 1]),
      post_transform: "NONE",
    };
    const model = classifier(
      [nodeProto("TreeEnsembleClassifier", ["X"], ["label", "probabilities"], attributes, { domain: "ai.onnx.ml", name: "forest" })],
      [valueInfoProto("label", "int64", [null]), valueInfoProto("probabilities", "float32", [null, 2])],
    );
    const { code, message } = await failure(loadModel(writeModel(model)));
    expect(code).toBe("GRADIENT_MISSING");
    expect(message).toContain('ai.onnx.ml:TreeEnsembleClassifier (node "forest")');
  });

  it("ZipMap's sequence of maps does not stand in the way of the scores", async () => {
    const zipped = classifier(
      [
        nodeProto("Gemm", ["X", "w", "b"], ["scores"]),
        nodeProto("Softmax", ["scores"], ["probabilities"], { axis: 1 }),
        nodeProto("ArgMax", ["probabilities"], ["label"], { axis: 1, keepdims: 0 }),
        nodeProto("ZipMap", ["probabilities"], ["output_probability"], { classlabels_int64s: [0, 1, 2] }, { domain: "ai.onnx.ml" }),
      ],
      [valueInfoProto("label", "int64", [null]), mapSequenceOutput("output_probability"), valueInfoProto("probabilities", "float32", [null, 3])],
    );
    const loaded = await loadModel(writeModel(zipped));
    expect(loaded.outputs.map(({ name }) => name)).toEqual(["label", "probabilities"]);
    const X: Tensor = randomTensor(43, [2, 4]);
    const { values, target, output } = await new Backprop(loaded).explain(X, { target: [0, 2] });
    expect(output).toBe("probabilities");
    expect(target).toEqual([0, 2]);
    expect(gradientError(values as FloatTensor, numericalGradient(zipped, { X }, { wrt: "X", of: "scores", target: [0, 2] }))).toBeLessThan(1e-5);
    await loaded.dispose();
  });
});
