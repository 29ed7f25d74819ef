import { modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { evaluate, value64 } from "@xdeep/reference";
import { expect, it } from "vitest";
import { differentiate } from "../../differentiate.ts";

const model = modelProto({
  nodes: [
    nodeProto("CastLike", ["two", "x"], ["factor"]),
    nodeProto("CastLike", ["x", "two"], ["wide"]),
    nodeProto("CastLike", ["wide", "x"], ["back"]),
    nodeProto("Mul", ["back", "factor"], ["y"]),
  ],
  inputs: [valueInfoProto("x", "float32", ["N"])],
  outputs: [valueInfoProto("y", "float32", ["N"])],
  initializers: [tensorProto("two", { type: "float64", dims: [], data: Float64Array.of(2) })],
});

it("the value that lends its type to CastLike has no part in the gradient", () => {
  const gradient = differentiate(model);
  expect(gradient.model.graph!.node.map(({ opType }) => opType)).not.toContain("CastLike");
  const name = gradient.gradients["x"]!;
  const feeds = { x: value64("float32", [3], [1, -2, 5]), [gradient.cotangent]: value64("float32", [3], [1, 10, -1]) };
  expect([...evaluate(gradient.model, feeds, { outputs: [name] })[name]!.data]).toEqual([2, 20, -2]);
});
