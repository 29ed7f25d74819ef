import { type ModelProto, type NodeProto, type ValueInfoProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto, withFields } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { inspectModel } from "./inspect-model.ts";

/** A list of records from names of classes to probabilities, as ZipMap makes it. */
const records = (name: string): ValueInfoProto => {
  const map = { $typeName: "onnx.TypeProto.Map", keyType: 7, valueType: valueInfoProto("", "float32", []).type } as never;
  const elemType = withFields(valueInfoProto("", "float32", []).type!, { value: { case: "mapType", value: map } });
  const value = { $typeName: "onnx.TypeProto.Sequence", elemType } as never;
  const info = valueInfoProto(name, "float32", null);
  return withFields(info, { type: withFields(info.type!, { value: { case: "sequenceType", value } }) });
};

const float = (name: string): ValueInfoProto => valueInfoProto(name, "float32", null);

/** Networks whose output has no gradient, and the values that can be explained in its place. */
const DEAD_ENDS: readonly (readonly [string, readonly NodeProto[], ValueInfoProto, readonly string[]])[] = [
  [
    "an ArgMax of probabilities",
    [nodeProto("Softmax", ["z"], ["p"]), nodeProto("ArgMax", ["p"], ["y"], { axis: -1 })],
    valueInfoProto("y", "int64", null),
    ["z"],
  ],
  ["an ArgMax of scores", [nodeProto("ArgMax", ["z"], ["y"], { axis: -1 })], valueInfoProto("y", "int64", null), ["z"]],
  [
    "a count above a threshold",
    [
      nodeProto("Sigmoid", ["z"], ["p"]),
      nodeProto("Greater", ["p", "half"], ["b"]),
      nodeProto("Cast", ["b"], ["k"], { to: 1 }),
      nodeProto("ReduceSum", ["k"], ["y"]),
    ],
    float("y"),
    ["z"],
  ],
  [
    "probabilities by name",
    [nodeProto("Softmax", ["z"], ["p"]), nodeProto("ZipMap", ["p"], ["y"], { classlabels_int64s: [0, 1, 2, 3] }, { domain: "ai.onnx.ml" })],
    records("y"),
    ["z"],
  ],
  [
    "boxes that are left",
    [
      nodeProto("Reshape", ["z", "boxes"], ["b"]),
      nodeProto("Tanh", ["z"], ["t"]),
      nodeProto("Reshape", ["t", "scores"], ["s"]),
      nodeProto("NonMaxSuppression", ["b", "s"], ["y"]),
    ],
    valueInfoProto("y", "int64", null),
    ["b", "s"],
  ],
];

describe("inspection", () => {
  it.each(DEAD_ENDS)("names what can be explained behind %s", (_, nodes, output, instead) => {
    const { outputs, explainable } = inspectModel(modelOf(nodes, [output]));
    expect(outputs[0]).toMatchObject({ explainable: false, instead });
    expect(outputs[0]!.problem).not.toBeNull();
    expect(explainable).toBe(true);
  });

  it("counts operators inside subgraphs, and whether a gradient passes them there", () => {
    const branch = (name: string, ...nodes: readonly NodeProto[]) => graphProto({ name, nodes, inputs: [], outputs: [float(nodes.at(-1)!.output[0]!)] });
    const choice = nodeProto("If", ["c"], ["y"], {
      then_branch: branch("then", nodeProto("Relu", ["z"], ["r"]), nodeProto("Exp", ["r"], ["a"])),
      else_branch: branch("else", nodeProto("Mystery", ["z"], ["b"], {}, { domain: "com.example" })),
    });
    const { operators, outputs } = inspectModel(modelOf([choice], [float("y")]));
    expect(operators.map(({ op, count, inSubgraphs, onPath, rule }) => [op, count, inSubgraphs, onPath, rule])).toEqual([
      ["Exp", 1, 1, 1, "yes"],
      ["If", 1, 0, 1, "yes"],
      ["MatMul", 1, 0, 1, "yes"],
      ["Relu", 1, 1, 1, "yes"],
      ["Mystery", 1, 1, 1, "no"],
    ]);
    expect(outputs[0]).toMatchObject({ explainable: false, problem: "no rule for com.example:Mystery" });
  });

  it("says which forms of operators are refused, and which node mixes rows", () => {
    const refused = inspectModel(modelOf([nodeProto("Dropout", ["z", "", "training"], ["y"], {}, { name: "noise" })], [float("y")]));
    expect(refused.outputs[0]!.problem).toContain('Dropout "noise" is in training mode');
    const mixed = inspectModel(modelOf([nodeProto("Softmax", ["z"], ["y"], { axis: 0 }, { name: "across" })], [float("y")]));
    expect(mixed.outputs[0]).toMatchObject({ explainable: true, mixesRows: "across", logit: "z", activation: "softmax" });
  });
});

function modelOf(nodes: readonly NodeProto[], outputs: readonly ValueInfoProto[]): ModelProto {
  const ints = (name: string, ...values: number[]) => tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  return modelProto({
    nodes: [nodeProto("MatMul", ["x", "w"], ["z"]), ...nodes],
    inputs: [valueInfoProto("x", "float32", ["N", 4]), valueInfoProto("c", "bool", [])],
    outputs,
    initializers: [
      tensorProto("w", { type: "float32", dims: [4, 4], data: new Float32Array(16).fill(0.5) }),
      tensorProto("half", { type: "float32", dims: [], data: Float32Array.of(0.5) }),
      tensorProto("training", { type: "bool", dims: [], data: Uint8Array.of(1) }),
      ints("boxes", 0, 1, 4),
      ints("scores", 0, 4, 1),
    ],
    opset: 18,
    domains: { "com.example": 1, "ai.onnx.ml": 1 },
  });
}
