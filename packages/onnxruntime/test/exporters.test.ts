import { type FloatTensor, type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { type ModelProto, float, graphProto, modelProto, nodeProto, valueInfoProto, withFields, writeModel } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { styles } from "./exporter-styles.ts";
import { failure } from "./failure.ts";
import { gradientError, numericalGradient } from "./numerical-gradient.ts";
import { intList, mapSequenceOutput, randomTensor, weights } from "./small-models.ts";
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

it("a loop whose body declares a counter of one element, as tf2onnx writes crops, has a gradient", async () => {
  const body = graphProto({
    nodes: [
      nodeProto("Identity", ["on"], ["still"]),
      nodeProto("Add", ["i", "one"], ["next"]),
      nodeProto("Slice", ["x", "i", "next", "one"], ["part"]),
      nodeProto("Mul", ["part", "part"], ["square"]),
    ],
    inputs: [valueInfoProto("i", "int64", [1]), valueInfoProto("on", "bool", [])],
    outputs: [valueInfoProto("still", "bool", []), valueInfoProto("square", "float32", null)],
    name: "body",
  });
  const model = modelProto({
    nodes: [
      nodeProto("Loop", ["rounds", ""], ["squares"], { body }),
      nodeProto("Squeeze", ["squares", "two"], ["steps"]),
      nodeProto("Transpose", ["steps"], ["y"], { perm: [1, 0] }),
    ],
    inputs: [valueInfoProto("x", "float32", ["N", 3])],
    outputs: [valueInfoProto("y", "float32", ["N", 3])],
    initializers: [intList("rounds", [3], []), intList("one", [1]), intList("two", [2])],
  });
  await using loaded = await loadModel(writeModel(model));
  const { gradients } = await loaded.vjp({ feeds: { x: float32([2, 3], [1, 2, 3, 4, 5, 6]) }, target: [1, 2] });
  expect([...gradients["x"]!.data]).toEqual([0, 4, 0, 0, 0, 12]);
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
    expect(message).toContain("The scores of trees are steps");
  });

  it("scalers, imputers, selected columns and linear models are explained by their coefficients", async () => {
    const ml = { domain: "ai.onnx.ml" };
    const model = classifier(
      [
        nodeProto("Imputer", ["X"], ["filled"], { imputed_value_floats: float([0]), replaced_value_float: float(NaN) }, ml),
        nodeProto("Scaler", ["filled"], ["scaled"], { offset: float([1, 2, 3, 4]), scale: float([1, 10, 100, 1000]) }, ml),
        nodeProto("ArrayFeatureExtractor", ["scaled", "columns"], ["chosen"], {}, ml),
        nodeProto(
          "LinearClassifier",
          ["chosen"],
          ["label", "probabilities"],
          { classlabels_ints: [5, 7], coefficients: float([1, 2, -1, 3]), intercepts: float([0.5, -0.5]), post_transform: "SOFTMAX" },
          ml,
        ),
      ],
      [valueInfoProto("label", "int64", [null]), valueInfoProto("probabilities", "float32", [null, 2])],
    );
    const initializers = [...model.graph!.initializer, intList("columns", [3, 1], [1, 2])];
    const X = float32([1, 4], [1, 2.02, 3, 4.0001]);
    await using loaded = await loadModel(writeModel(withFields(model, { graph: withFields(model.graph!, { initializer: initializers }) })));
    const { gradients, outputs, scores } = await loaded.vjp({ feeds: { X }, target: 1 });
    // 3 (0.2) − 1 (0.1) − 0.5, and 2 (0.2) + 1 (0.1) + 0.5 of the other class
    expect(scores[0]).toBeCloseTo(0, 3);
    expect([...outputs["probabilities"]!.data]).toEqual([1 / (1 + Math.exp(-1)), 1 / (1 + Math.E)].map((value) => expect.closeTo(value, 3) as number));
    expect([...gradients["X"]!.data]).toEqual([0, 30, 0, -1000]);
    expect([...(outputs["label"]?.data ?? [])].map(Number)).toEqual([5]);
  });

  it.each([
    ["L1", [0.5, -0.5]],
    ["L2", [Math.SQRT1_2, -Math.SQRT1_2]],
    ["MAX", [1, -1]],
  ])("rows normalized by %s, and linear regressions behind them", async (norm, expected) => {
    const model = modelProto({
      nodes: [
        nodeProto("Normalizer", ["X"], ["unit"], { norm }, { domain: "ai.onnx.ml" }),
        nodeProto("LinearRegressor", ["unit"], ["y"], { coefficients: float([3, 1]), intercepts: float([2]) }, { domain: "ai.onnx.ml" }),
      ],
      inputs: [valueInfoProto("X", "float64", [null, 2])],
      outputs: [valueInfoProto("unit", "float32", [null, 2]), valueInfoProto("y", "float32", [null, 1])],
      domains: { "ai.onnx.ml": 1 },
    });
    await using loaded = await loadModel(writeModel(model));
    const X: Tensor = { type: "float64", dims: [2, 2], data: Float64Array.of(4, -4, 0, 0) };
    const { outputs, gradients } = await loaded.vjp({ feeds: { X }, output: "y", target: 0 });
    expect([...outputs["y"]!.data]).toEqual([3 * expected[0]! + expected[1]! + 2, 2].map((value) => expect.closeTo(value, 5) as number));
    const moved = (step: number): number => {
      const [a, b] = [4 + step, -4];
      const size = { L1: Math.abs(a) + Math.abs(b), L2: Math.hypot(a, b), MAX: Math.max(a, b) }[norm]!;
      return (3 * a + b) / size;
    };
    expect(gradients["X"]!.data[0]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 5);
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
