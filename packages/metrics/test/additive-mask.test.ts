import { type FloatTensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { expect, it } from "vitest";

import { maxSensitivity, measure } from "../src/index.ts";
import { numbers } from "./stored.ts";

/** Softmax(x W + mask) ⊙ x: three entries, one of which the mask shuts out. */
const network = modelProto({
  inputs: [valueInfoProto("x", "float32", ["N", 3]), valueInfoProto("mask", "float32", ["N", 3])],
  outputs: [valueInfoProto("y", "float32", ["N", 3])],
  initializers: [tensorProto("w", { type: "float32", dims: [3, 3], data: numbers(1, 9) })],
  nodes: [
    nodeProto("MatMul", ["x", "w"], ["scores"]),
    nodeProto("Add", ["scores", "mask"], ["masked"]),
    nodeProto("Softmax", ["masked"], ["p"]),
    nodeProto("Mul", ["p", "x"], ["y"]),
  ],
});
const mask = (shut: number): FloatTensor => float32([1, 3], [0, 0, shut]);

it("max-sensitivity leaves additive masks alone: −∞ in them measures as a very low number does", async () => {
  const model = await loadModel(writeModel(network));
  const measured = async (shut: number): Promise<unknown> => {
    const input = { x: float32([1, 3], [0.5, -1, 2]), mask: mask(shut) };
    return (await measure({ input, method: new Backprop(model), target: 1 }, { metric: maxSensitivity({ samples: 3 }) })).metric.values;
  };
  expect(await measured(-Infinity)).toEqual(await measured(-1e4));
  await model.dispose();
});
