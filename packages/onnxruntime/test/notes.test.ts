import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { expect, it } from "vitest";
import { loadModel } from "../src/load-model.ts";

it("says that rounding was passed straight through", async () => {
  const scale = tensorProto("scale", { type: "float32", dims: [], data: Float32Array.of(0.1) });
  const zero = tensorProto("zero", { type: "uint8", dims: [], data: Uint8Array.of(128) });
  const model = modelProto({
    nodes: [
      nodeProto("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
      nodeProto("DequantizeLinear", ["q", "scale", "zero"], ["d"]),
      nodeProto("Mul", ["d", "d"], ["y"]),
    ],
    inputs: [valueInfoProto("x", "float32", ["N", 2])],
    outputs: [valueInfoProto("y", "float32", ["N", 2])],
    initializers: [scale, zero],
  });
  await using loaded = await loadModel(writeModel(model));
  const { values, provenance } = await new Backprop(loaded).explain(float32([1, 2], [0.32, -1]), { target: 0 });
  expect(values.data[0]).toBeCloseTo(0.6, 5);
  expect(provenance.notes).toEqual(["Straight-through: the gradient passes 1 QuantizeLinear node as if it did not round."]);
});
