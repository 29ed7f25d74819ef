import { type AttributeValue, type ModelProto, float, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { evaluate, value64 } from "@xdeep/reference";
import { describe, expect, it } from "vitest";
import { expandFused } from "./expand-fused.ts";
import { differentiate } from "../../differentiate.ts";
import { graphOf } from "../../graph/typed-graph.ts";

const x = value64("float32", [1, 1, 2, 2], [-1, 0.5, 2, -0.25]);

const ACTIVATIONS: readonly { readonly activation: string; readonly params?: readonly number[] }[] = [
  { activation: "Relu" },
  { activation: "Tanh" },
  { activation: "Sigmoid" },
  { activation: "LeakyRelu", params: [0.25] },
  { activation: "Clip", params: [-0.5, 1.5] },
  { activation: "HardSigmoid", params: [0.25, 0.5] },
];

describe("expandFused", () => {
  it.each(ACTIVATIONS)("writes FusedConv with $activation as its parts", ({ activation, params }) => {
    const model = fusedConv({ activation, activation_params: params === undefined ? undefined : float(params) }, true);
    const expanded = { ...model, graph: expandFused(graphOf(model)) };
    expect(expanded.graph.node.map(({ opType }) => opType)).toEqual(["Conv", "Add", activation]);
    expect([...evaluate(expanded, { x })["y"]!.data]).toEqual([...evaluate(model, { x })["y"]!.data]);
  });

  it("keeps a FusedConv without an activation a convolution", () => {
    const expanded = expandFused(graphOf(fusedConv({}, false)));
    expect(expanded.node.map(({ opType, output }) => [opType, ...output])).toEqual([["Conv", "y"]]);
  });

  it("writes FusedGemm as its parts", () => {
    const model = modelProto({
      nodes: [
        nodeProto(
          "FusedGemm",
          ["a", "w", "b"],
          ["y"],
          { activation: "LeakyRelu", activation_alpha: float(0.5), transB: 1, alpha: float(2) },
          { domain: "com.microsoft" },
        ),
      ],
      inputs: [valueInfoProto("a", "float32", [1, 2])],
      outputs: [valueInfoProto("y", "float32", [1, 2])],
      initializers: [
        tensorProto("w", { type: "float32", dims: [2, 2], data: Float32Array.of(1, -2, 3, 4) }),
        tensorProto("b", { type: "float32", dims: [2], data: Float32Array.of(0.5, -1) }),
      ],
      opset: 18,
      domains: { "com.microsoft": 1 },
    });
    const a = value64("float32", [1, 2], [1, 2]);
    const expanded = { ...model, graph: expandFused(graphOf(model)) };
    expect(expanded.graph.node.map(({ opType }) => opType)).toEqual(["Gemm", "LeakyRelu"]);
    expect([...evaluate(expanded, { a })["y"]!.data]).toEqual([...evaluate(model, { a })["y"]!.data]);
  });

  it("shows rectifiers inside to modified rules", () => {
    expect(differentiate(fusedConv({ activation: "Relu" }, false), { of: "y", wrt: ["x"], rule: "guided" }).rectifiers).toBe(1);
  });
});

/** A 1×1 convolution by −1.5 plus 0.25, plus x itself where `adds`. */
function fusedConv(attributes: Readonly<Record<string, AttributeValue>>, adds: boolean): ModelProto {
  return modelProto({
    nodes: [nodeProto("FusedConv", ["x", "w", "b", ...(adds ? ["x"] : [])], ["y"], attributes, { name: "conv", domain: "com.microsoft" })],
    inputs: [valueInfoProto("x", "float32", [1, 1, 2, 2])],
    outputs: [valueInfoProto("y", "float32", [1, 1, 2, 2])],
    initializers: [
      tensorProto("w", { type: "float32", dims: [1, 1, 1, 1], data: Float32Array.of(-1.5) }),
      tensorProto("b", { type: "float32", dims: [1], data: Float32Array.of(0.25) }),
    ],
    opset: 18,
    domains: { "com.microsoft": 1 },
  });
}
