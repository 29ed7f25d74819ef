import { isXDeepError } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import type { GraphProto, ModelProto, NodeProto } from "../gen/onnx_pb.ts";
import { graphProto } from "../files/graph-proto.ts";
import { inferGraph } from "../infer/infer-graph.ts";
import { type ModelLimits, resolveLimits } from "../files/limits.ts";
import { type ModelParts, modelProto } from "../files/model-proto.ts";
import { nodeProto } from "../graphs/node.ts";
import { tensorProto } from "../files/tensor-data.ts";
import { valueInfoProto } from "../graphs/value-info.ts";
import { checkSizes } from "./check-sizes.ts";

const HUGE = 2 ** 40;

const ints = (name: string, values: readonly (number | bigint)[], dims: readonly number[] = [values.length]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "int64", dims, data: BigInt64Array.from(values, BigInt) });
const floats = (name: string, values: readonly number[]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "float32", dims: [values.length], data: Float32Array.from(values) });

function model(nodes: readonly NodeProto[], parts: Partial<ModelParts> = {}): ModelProto {
  return modelProto({ nodes, inputs: [valueInfoProto("x", "float32", ["N", 4])], outputs: [valueInfoProto("y", "float32", null)], ...parts });
}

function failure(of: ModelProto, limits: Partial<ModelLimits> = {}): string {
  try {
    checkSizes({ graph: of.graph as GraphProto, opset: 18, facts: inferGraph(of) }, resolveLimits(limits));
  } catch (error) {
    if (isXDeepError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

describe("a constant that the file chooses the size of", () => {
  it.each<[string, readonly NodeProto[], Partial<ModelParts>]>([
    ["ConstantOfShape", [nodeProto("ConstantOfShape", ["s"], ["k"])], { initializers: [ints("s", [HUGE])] }],
    ["beside an axis of size 0", [nodeProto("ConstantOfShape", ["s"], ["k"])], { initializers: [ints("s", [0, HUGE])] }],
    ["Range", [nodeProto("Range", ["a", "b", "c"], ["k"])], { initializers: [ints("a", [0], []), ints("b", [HUGE], []), ints("c", [1], [])] }],
    ["Expand", [nodeProto("Expand", ["u", "s"], ["k"])], { initializers: [floats("u", [1]), ints("s", [HUGE])] }],
    ["Tile", [nodeProto("Tile", ["u", "s"], ["k"])], { initializers: [floats("u", [1]), ints("s", [HUGE])] }],
    ["Pad", [nodeProto("Pad", ["u", "s"], ["k"])], { initializers: [floats("u", [1]), ints("s", [0, HUGE])] }],
    ["OneHot", [nodeProto("OneHot", ["i", "d", "v"], ["k"])], { initializers: [ints("i", [0]), ints("d", [HUGE], []), floats("v", [0, 1])] }],
    ["EyeLike", [nodeProto("ConstantOfShape", ["s"], ["z"]), nodeProto("EyeLike", ["z"], ["k"])], { initializers: [ints("s", [2 ** 20, 2 ** 20])] }],
    ["RandomNormal", [nodeProto("RandomNormal", [], ["k"], { shape: [2 ** 20, 2 ** 20] })], {}],
    ["HannWindow", [nodeProto("HannWindow", ["s"], ["k"])], { initializers: [ints("s", [HUGE], [])] }],
    [
      "a product of sizes",
      [nodeProto("ReduceProd", ["s"], ["p"]), nodeProto("ConstantOfShape", ["p"], ["k"])],
      { initializers: [ints("s", [2 ** 20, 2 ** 20])] },
    ],
    ["many of some size", Array.from({ length: 100 }, (_, i) => nodeProto("ConstantOfShape", ["s"], [`k${i}`])), { initializers: [ints("s", [2 ** 20])] }],
  ])("%s is refused, and the limit named", (_, nodes, parts) => {
    const message = failure(model(nodes, parts));
    expect(message).toMatch(/^MODEL_UNSUPPORTED: .* asks for \d+ elements of constants, .*limits\.constantElements/);
    expect(failure(model(nodes, parts), { constantElements: 1e15, valueElements: 1e15 })).toBe("nothing was thrown");
  });

  it("may be made of stored weights", () => {
    const weights = tensorProto("w", { type: "float32", dims: [1000], data: new Float32Array(1000) });
    const nodes = [nodeProto("Identity", ["w"], ["a"]), nodeProto("Neg", ["a"], ["b"])];
    expect(failure(model(nodes, { initializers: [weights] }), { constantElements: 1 })).toBe("nothing was thrown");
  });
});

describe("a value that the file chooses the size of", () => {
  it.each<[string, readonly NodeProto[], Partial<ModelParts>]>([
    ["Expand", [nodeProto("Expand", ["x", "s"], ["k"])], { initializers: [ints("s", [HUGE, 1, 1])] }],
    ["Tile", [nodeProto("Tile", ["x", "s"], ["k"])], { initializers: [ints("s", [1, HUGE])] }],
    ["Resize", [nodeProto("Resize", ["x", "", "", "s"], ["k"])], { initializers: [ints("s", [1, HUGE])] }],
    [
      "a size with an open batch",
      [nodeProto("Shape", ["x"], ["d"]), nodeProto("Mul", ["d", "s"], ["e"]), nodeProto("ConstantOfShape", ["e"], ["k"])],
      { initializers: [ints("s", [1, HUGE])] },
    ],
    [
      "a pool whose window is larger than its input",
      [nodeProto("MaxPool", ["z"], ["k"], { kernel_shape: [HUGE, 1], pads: [HUGE / 2, 0, HUGE / 2, 0] })],
      { inputs: [valueInfoProto("z", "float32", [1, 1, 4, 4])] },
    ],
    [
      "a product of made matrices",
      [nodeProto("Expand", ["x", "s"], ["a"]), nodeProto("ConstantOfShape", ["t"], ["b"]), nodeProto("MatMul", ["a", "b"], ["k"])],
      { inputs: [valueInfoProto("x", "float32", ["N", 1])], initializers: [ints("s", [16_384, 1, 1024]), ints("t", [1024, 4096])] },
    ],
    [
      "doubling without end",
      Array.from({ length: 40 }, (_, i) => nodeProto("Concat", [i === 0 ? "x" : `v${i - 1}`, i === 0 ? "x" : `v${i - 1}`], [`v${i}`], { axis: 1 })),
      {},
    ],
  ])("%s is refused, and the limit named", (_, nodes, parts) => {
    expect(failure(model(nodes, parts))).toMatch(/^MODEL_UNSUPPORTED: .* asks for \d+ elements, .*limits\.valueElements/);
  });

  it("may be as large as inputs and weights make it", () => {
    const large = { inputs: [valueInfoProto("x", "float32", ["N", 3, 1024, 1024])] };
    expect(failure(model([nodeProto("Concat", Array<string>(64).fill("x"), ["y"], { axis: 1 })], large))).toBe("nothing was thrown");
  });
});

describe("a loop", () => {
  const squares = (trips: number | bigint | null, condition = "c"): ModelProto =>
    model(
      [
        nodeProto("Loop", [trips === null ? "" : "m", "", "x"], ["y"], {
          body: graphProto({
            nodes: [nodeProto("Identity", [condition], ["k"]), nodeProto("Mul", ["s", "s"], ["o"])],
            inputs: [valueInfoProto("i", "int64", []), valueInfoProto("c", "bool", []), valueInfoProto("s", "float32", null)],
            outputs: [valueInfoProto("k", "bool", []), valueInfoProto("o", "float32", null)],
            initializers: [],
            name: "body",
          }),
        }),
      ],
      { initializers: [ints("m", [trips ?? 0], [])] },
    );

  it.each([1e6, 1e15, 2n ** 63n - 1n, null])("of %s rounds is refused", (trips) => {
    expect(failure(squares(trips))).toMatch(/^MODEL_UNSUPPORTED: .*limits\.valueElements/);
  });

  /** Each round, the state is made longer: by itself, or by the input. */
  const growing = (trips: number, by: "s" | "x"): ModelProto =>
    model(
      [
        nodeProto("Loop", ["m", "", "x"], ["y"], {
          body: graphProto({
            nodes: [nodeProto("Identity", ["c"], ["k"]), nodeProto("Concat", ["s", by], ["o"], { axis: 0 })],
            inputs: [valueInfoProto("i", "int64", []), valueInfoProto("c", "bool", []), valueInfoProto("s", "float32", null)],
            outputs: [valueInfoProto("k", "bool", []), valueInfoProto("o", "float32", null)],
            initializers: [],
            name: "body",
          }),
        }),
      ],
      { initializers: [ints("m", [trips], [])] },
    );

  it("whose state doubles is refused after few rounds, and one whose state grows by a row is not", () => {
    expect(failure(growing(40, "s"))).toMatch(/^MODEL_UNSUPPORTED: Concat .*limits\.valueElements/);
    expect(failure(growing(12, "s"))).toBe("nothing was thrown");
    expect(failure(growing(300, "x"))).toBe("nothing was thrown");
  });

  it("of a thousand rounds is sound", () => {
    expect(failure(squares(1000))).toBe("nothing was thrown");
  });
});
