import { type TypedGraph, prepareModel, typedGraph } from "@xdeep/autodiff";
import { type Dim, type TensorProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { hasLargeRows, hasLargeVectorProducts, isSmall } from "./small-models.ts";

const weights = (name: string, dims: readonly number[]): TensorProto =>
  tensorProto(name, { type: "float32", dims, data: new Float32Array(dims.reduce((size, dim) => size * dim, 1)) });

function convolution(size: Dim, channels: number): TypedGraph {
  const model = modelProto({
    nodes: [nodeProto("Conv", ["x", "w"], ["c"], { pads: [1, 1, 1, 1] }), nodeProto("Relu", ["c"], ["y"])],
    inputs: [valueInfoProto("x", "float32", ["N", 3, size, size])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [weights("w", [channels, 3, 3, 3])],
  });
  return typedGraph(prepareModel(model));
}

describe("a model is small where one row's multiply-adds are known and few", () => {
  it("by the convolution's window and the picture's size", () => {
    expect(isSmall(convolution(32, 8))).toBe(true); // 8 × 27 × 32² = 0.2 million
    expect(isSmall(convolution(224, 8))).toBe(false); // 10.8 million
    expect(isSmall(convolution(32, 512))).toBe(false); // 14.2 million
  });

  it("not where a size other than the batch is open", () => {
    expect(isSmall(convolution("S", 8))).toBe(false);
  });
});

it("rows are large where their values are known to be more than 16 million numbers", () => {
  expect(hasLargeRows(convolution(512, 30))).toBe(false); // twice 30 × 512² = 15.7 million
  expect(hasLargeRows(convolution(512, 40))).toBe(true); // 21 million
  expect(hasLargeRows(convolution("S", 40))).toBe(false);
});

it("matrices count where they are large, most of the weights, and meet one vector a row", () => {
  const product = (dims: readonly Dim[], columns: number, more = 1): TypedGraph =>
    typedGraph(
      prepareModel(
        modelProto({
          nodes: [nodeProto("MatMul", ["x", "w"], ["p"]), nodeProto("Add", ["p", "b"], ["y"])],
          inputs: [valueInfoProto("x", "float32", dims)],
          outputs: [valueInfoProto("y", "float32", null)],
          initializers: [weights("w", [4096, columns]), weights("b", [more, columns])],
        }),
      ),
    );
  expect(hasLargeVectorProducts(product(["N", 4096], 4200))).toBe(true); // 17 million
  expect(hasLargeVectorProducts(product(["N", 4096], 4000))).toBe(false); // 16 million
  expect(hasLargeVectorProducts(product(["N", 4096], 4200, 4200))).toBe(false);
  expect(hasLargeVectorProducts(product(["N", 9, 4096], 4200))).toBe(false);
});
