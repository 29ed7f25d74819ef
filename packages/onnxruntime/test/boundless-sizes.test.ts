import { type VjpResult, float32, isXDeepError } from "@xdeep/core";
import { type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { loadModel } from "../src/load-model.ts";
import { intList } from "./small-models.ts";

const scalar = (name: string, value: number): ReturnType<typeof tensorProto> => tensorProto(name, float32([], [value]));

/** x [1, 2], whose largest element is the size n of what the nodes make of it; y [1, 2] depends on all that they made. */
function sized(nodes: readonly NodeProto[]): Uint8Array {
  const counted = [
    nodeProto("ReduceMax", ["x"], ["most"], { keepdims: 0 }),
    nodeProto("Cast", ["most"], ["count"], { to: 7 }),
    nodeProto("Reshape", ["count", "one"], ["n"]),
  ];
  const summed = [nodeProto("ReduceSum", ["made"], ["sum"], { keepdims: 0 }), nodeProto("Mul", ["x", "sum"], ["y"])];
  return writeModel(
    modelProto({
      nodes: [...counted, ...nodes, ...summed],
      inputs: [valueInfoProto("x", "float32", ["N", 2])],
      outputs: [valueInfoProto("y", "float32", ["N", 2])],
      initializers: [
        intList("one", [1]),
        intList("zero", [0], []),
        intList("step", [1], []),
        intList("none", [0, 0, 0]),
        scalar("s", 1),
        tensorProto("offOn", float32([2], [0, 1])),
      ],
    }),
  );
}

describe("sizes that the data decide", () => {
  it.each<[string, readonly NodeProto[]]>([
    ["ConstantOfShape", [nodeProto("ConstantOfShape", ["n"], ["made"])]],
    ["Range", [nodeProto("Range", ["zero", "count", "step"], ["r"]), nodeProto("Cast", ["r"], ["made"], { to: 1 })]],
    ["Tile", [nodeProto("Concat", ["one", "n"], ["times"], { axis: 0 }), nodeProto("Tile", ["x", "times"], ["made"])]],
    ["Expand", [nodeProto("Concat", ["n", "one"], ["dims"], { axis: 0 }), nodeProto("Expand", ["s", "dims"], ["made"])]],
    ["OneHot", [nodeProto("OneHot", ["one", "count", "offOn"], ["made"])]],
    ["Pad", [nodeProto("Concat", ["none", "n"], ["pads"], { axis: 0 }), nodeProto("Pad", ["x", "pads"], ["made"])]],
    ["Resize", [nodeProto("Concat", ["one", "n"], ["sizes"], { axis: 0 }), nodeProto("Resize", ["x", "", "", "sizes"], ["made"], { mode: "nearest" })]],
  ])("by %s are made as far as they are allowed, and end in an error before memory is taken", async (_, nodes) => {
    await using model = await loadModel(sized(nodes));
    const of = (n: number): Promise<VjpResult> => model.vjp({ feeds: { x: float32([1, 2], [n, 1]) }, target: 1, wrt: ["x"] });
    await of(3);
    const before = process.memoryUsage.rss();
    const error: unknown = await of(3e9).catch((thrown: unknown) => thrown);
    expect(isXDeepError(error) && `${error.code} ${error.message}`).toMatch(
      /^MODEL_UNSUPPORTED ".*" asks for more elements on these inputs.*limits\.valueElements/,
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(2e8);
  });
});
