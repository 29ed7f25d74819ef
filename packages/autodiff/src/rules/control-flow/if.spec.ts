import { type GraphProto, graphProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import type { InputSpec, RuleSpec } from "../../../test/rule-spec.ts";

function branch(nodes: GraphProto["node"], outputs: readonly string[], initializers: GraphProto["initializer"] = []): GraphProto {
  return graphProto({ nodes, inputs: [], outputs: outputs.map((name) => valueInfoProto(name, "float32", null)), initializers });
}

function condition(value: 0 | 1): InputSpec {
  return { dims: [], type: "bool", values: [value] };
}

const outer: InputSpec = { dims: [2, 3], outer: true };
const squared = branch([nodeProto("Mul", ["input1", "input1"], ["s"]), nodeProto("Mul", ["s", "input2"], ["t"])], ["t"]);
const tripled = branch([nodeProto("Mul", ["input1", "three"], ["u"])], ["u"], [tensorProto("three", { type: "float32", dims: [], data: Float32Array.of(3) })]);
const two = branch([nodeProto("Tanh", ["input1"], ["h"]), nodeProto("Add", ["h", "input2"], ["k"])], ["h", "k"]);
const pass = branch([nodeProto("Identity", ["input1"], ["p"]), nodeProto("Identity", ["input2"], ["q"])], ["p", "q"]);
const nested = branch(
  [
    nodeProto("Exp", ["input1"], ["e"]),
    nodeProto("If", ["input3"], ["n"], {
      then_branch: branch([nodeProto("Mul", ["e", "input2"], ["inner"])], ["inner"]),
      else_branch: branch([nodeProto("Sin", ["e"], ["inner2"])], ["inner2"]),
    }),
  ],
  ["n"],
);
const pooled = branch([nodeProto("MaxPool", ["input1"], ["m"], { kernel_shape: [2], strides: [1] })], ["m"]);
const relu = branch([nodeProto("Relu", ["input1"], ["r"])], ["r"]);
const flat = branch([nodeProto("ReduceSum", ["input1"], ["z"], { keepdims: 0 })], ["z"]);
const impossible = branch([nodeProto("MatMul", ["input1", "input1"], ["product"])], ["product"]);

export const rows: readonly RuleSpec[] = [
  { name: "then, two values", op: "If", inputs: [condition(1), outer, outer], attributes: { then_branch: squared, else_branch: tripled } },
  { name: "else, a value that it does not use", op: "If", inputs: [condition(0), outer, outer], attributes: { then_branch: squared, else_branch: tripled } },
  { name: "two outputs, then", op: "If", inputs: [condition(1), outer, outer], attributes: { then_branch: two, else_branch: pass }, outputs: 2 },
  { name: "two outputs, values passed on", op: "If", inputs: [condition(0), outer, outer], attributes: { then_branch: two, else_branch: pass }, outputs: 2 },
  {
    name: "branches within branches",
    op: "If",
    inputs: [condition(1), outer, outer, { ...condition(0), outer: true }],
    attributes: { then_branch: nested, else_branch: tripled },
  },
  {
    name: "an output added to a node of a branch",
    op: "If",
    inputs: [condition(1), { dims: [1, 2, 5], distinct: true, outer: true }],
    attributes: { then_branch: pooled, else_branch: relu },
  },
  { name: "branches of different ranks", op: "If", inputs: [condition(0), outer], attributes: { then_branch: flat, else_branch: tripled } },
  {
    name: "a branch that contradicts the dims",
    op: "If",
    inputs: [condition(0), outer],
    attributes: { then_branch: impossible, else_branch: tripled },
    engine: false,
  },
  { name: "at the newest opset", op: "If", inputs: [condition(1), outer, outer], attributes: { then_branch: squared, else_branch: tripled }, opset: 25 },
];
