import { modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { evaluate, value64 } from "@xdeep/reference";
import { describe, expect, it } from "vitest";

import { alignedConvolutions } from "./aligned-convolutions.ts";

const numbers = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(7 * i + 1));

function convolution(inputs: number, outputs: number, group = 1): ReturnType<typeof modelProto> {
  return modelProto({
    inputs: [valueInfoProto("x", "float32", ["N", inputs * group, 4])],
    outputs: [valueInfoProto("y", "float32", ["N", outputs, 3])],
    initializers: [
      tensorProto("w", { type: "float32", dims: [outputs, inputs, 2], data: numbers(outputs * inputs * 2) }),
      tensorProto("b", { type: "float32", dims: [outputs], data: numbers(outputs) }),
    ],
    nodes: [nodeProto("Conv", ["x", "w", "b"], ["y"], { group })],
    opset: 18,
  });
}

describe("convolutions that WebGPU gets wrong", () => {
  it.each([
    [6, 8],
    [9, 4],
    [15, 4],
  ])("of %i channels to %i get channels of zeros, which change nothing", (inputs, outputs) => {
    const model = convolution(inputs, outputs);
    const aligned = alignedConvolutions(model);
    expect(aligned.graph!.node.map(({ opType }) => opType)).toEqual(["Pad", "Pad", "Conv"]);
    const x = value64("float32", [2, inputs, 4], [...numbers(8 * inputs)]);
    const [before, after] = [model, aligned].map((each) => evaluate(each, { x }, { outputs: ["y"] })["y"]!);
    expect(after).toEqual(before);
  });

  it.each([
    [3, 8, 1],
    [12, 8, 1],
    [6, 6, 1],
    [5, 8, 1],
    [6, 8, 2],
  ])("%i channels to %i in %i groups are left as they are", (inputs, outputs, group) => {
    const model = convolution(inputs, outputs, group);
    expect(alignedConvolutions(model)).toBe(model);
  });
});
