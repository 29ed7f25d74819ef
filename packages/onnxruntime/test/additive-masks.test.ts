import { type FloatTensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { conductance } from "@xdeep/layers";
import { type NodeProto, modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { failure } from "./failure.ts";
import { intList, randomTensor, weights } from "./small-models.ts";
import { loadModel } from "../src/load-model.ts";

const x = randomTensor(3, [2, 3, 4]);
/** The last token of the first row is padding. */
const mask = (masked: number): FloatTensor => float32([2, 3], Float32Array.of(0, 0, masked, 0, 0, 0));
const close = -Infinity;
const attention = (...masking: readonly NodeProto[]): ReturnType<typeof modelProto> =>
  modelProto({
    nodes: [
      nodeProto("MatMul", ["x", "w"], ["q"]),
      nodeProto("Transpose", ["x"], ["k"], { perm: [0, 2, 1] }),
      nodeProto("MatMul", ["q", "k"], ["scores"]),
      ...masking,
      nodeProto("MatMul", ["p", "x"], ["h"]),
      nodeProto("ReduceMean", ["h", "steps"], ["y"], { keepdims: 0 }),
    ],
    inputs: [valueInfoProto("x", "float32", ["N", 3, 4]), valueInfoProto("mask", "float32", ["N", 3])],
    outputs: [valueInfoProto("y", "float32", ["N", 4])],
    initializers: [weights("w", 5, [4, 4]), intList("steps", [1])],
    opset: 18,
  });
const added = attention(
  nodeProto("Unsqueeze", ["mask", "steps"], ["wide"]),
  nodeProto("Add", ["scores", "wide"], ["masked"]),
  nodeProto("Softmax", ["masked"], ["p"]),
);
const multiplied = attention(
  nodeProto("Unsqueeze", ["mask", "steps"], ["wide"]),
  nodeProto("Mul", ["scores", "wide"], ["masked"]),
  nodeProto("Softmax", ["masked"], ["p"]),
);

describe("−∞ in a mask that is added to the scores of a softmax", () => {
  it("is as good as a very low number, forward and backward", async () => {
    const model = await loadModel(writeModel(added));
    expect(model.inputs.map((input) => input.mask === true)).toEqual([false, true]);
    const found = await model.vjp({ feeds: { x, mask: mask(close) }, target: 1, wrt: ["x", "mask"] });
    const expected = await model.vjp({ feeds: { x, mask: mask(-1e4) }, target: 1, wrt: ["x", "mask"] });
    expect(found.scores).toEqual(expected.scores);
    expect(found.gradients).toEqual(expected.gradients);
    await model.dispose();
  });

  it("is left alone by methods: gradients are taken of the other inputs", async () => {
    const model = await loadModel(writeModel(added));
    expect(model.defaultWrt).toEqual(["x"]);
    const { values, convergenceDelta } = await integrated(new Backprop(model), { n: 64 }).explain({ x, mask: mask(close) }, { target: 1 });
    expect(Object.keys(values)).toEqual(["x"]);
    expect(values["x"]!.data.every(Number.isFinite)).toBe(true);
    expect(Math.abs(convergenceDelta![0]!)).toBeLessThan(1e-3);
    await model.dispose();
  });

  it("is left alone by methods that move the input to look at a layer", async () => {
    const model = await loadModel(writeModel(added));
    const { values } = await conductance(model, { layer: "q", n: 4 }).explain({ x, mask: mask(close) }, { target: 1 });
    expect(values["q"]!.data.every(Number.isFinite)).toBe(true);
    await model.dispose();
  });

  it("is refused elsewhere, as NaN and +∞ are", async () => {
    const model = await loadModel(writeModel(added));
    for (const value of [NaN, Infinity]) expect((await failure(model.vjp({ feeds: { x, mask: mask(value) }, target: 1 }))).code).toBe("INPUT_NOT_FINITE");
    const other = await loadModel(writeModel(multiplied));
    expect((await failure(other.vjp({ feeds: { x, mask: mask(close) }, target: 1 }))).code).toBe("INPUT_NOT_FINITE");
    await Promise.all([model.dispose(), other.dispose()]);
  });
});
