import { type NodeProto, float, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { typedGraph } from "../graph/typed-graph.ts";
import { prepareModel } from "../prepare/prepare-model.ts";
import { castEntries, embeddings, entryValues } from "./entry-values.ts";

const score = [nodeProto("ReduceMean", ["e"], ["y"])];

/** Networks of tokens "ids" [N, 5] whose vectors are the value "e". */
const LOOKUPS: readonly (readonly [string, readonly NodeProto[]])[] = [
  ["Gather", [nodeProto("Gather", ["table", "ids"], ["e"])]],
  ["a table that is cast", [nodeProto("Cast", ["table"], ["wide"], { to: 1 }), nodeProto("Gather", ["wide", "ids"], ["e"])]],
  ["OneHot and MatMul", [nodeProto("OneHot", ["ids", "depth", "values"], ["h"]), nodeProto("MatMul", ["h", "table"], ["e"])]],
  [
    "Equal, Cast and MatMul",
    [
      nodeProto("Unsqueeze", ["ids", "last"], ["u"]),
      nodeProto("Equal", ["u", "range"], ["is"]),
      nodeProto("Cast", ["is"], ["h"], { to: 1 }),
      nodeProto("MatMul", ["h", "table"], ["e"]),
    ],
  ],
  [
    "Equal, Where, Reshape and Gemm",
    [
      nodeProto("Unsqueeze", ["ids", "last"], ["u"]),
      nodeProto("Equal", ["range", "u"], ["is"]),
      nodeProto("Where", ["is", "one", "zero"], ["h"]),
      nodeProto("Reshape", ["h", "rows"], ["r"]),
      nodeProto("Gemm", ["r", "table"], ["e"]),
    ],
  ],
];

describe("the vectors of tokens", () => {
  it.each(LOOKUPS)("are found behind %s", (_, nodes) => {
    const graph = graphOf([...nodes, ...score]);
    expect(embeddings(graph)).toEqual(["e"]);
    expect(entryValues(graph)).toEqual(["e"]);
    expect(castEntries(graph)).toEqual([]);
  });

  it("are not those of positions, which depend on the length alone", () => {
    const positions = [
      nodeProto("Shape", ["ids"], ["dims"], { start: 1 }),
      nodeProto("Squeeze", ["dims"], ["length"]),
      nodeProto("Range", ["first", "length", "step"], ["places"]),
      nodeProto("Gather", ["table", "places"], ["p"]),
    ];
    const graph = graphOf([...positions, nodeProto("Gather", ["table", "ids"], ["w"]), nodeProto("Add", ["w", "p"], ["e"]), ...score]);
    expect(embeddings(graph)).toEqual(["w"]);
  });

  it("are not what a mask of integers is multiplied by", () => {
    const graph = graphOf([
      nodeProto("Gather", ["table", "ids"], ["w"]),
      nodeProto("Greater", ["ids", "first"], ["some"]),
      nodeProto("Cast", ["some"], ["mask"], { to: 1 }),
      nodeProto("MatMul", ["mask", "w"], ["e"]),
      ...score,
    ]);
    expect(embeddings(graph)).toEqual(["w"]);
  });
});

describe("what gradients are taken of", () => {
  it("is the first floats where integers are neither pixels nor tokens", () => {
    const graph = graphOf([nodeProto("Mul", ["ids", "ids"], ["s"]), nodeProto("Cast", ["s"], ["e"], { to: 1 }), ...score]);
    expect(entryValues(graph)).toEqual(["e"]);
    expect([castEntries(graph), embeddings(graph)]).toEqual([[], []]);
  });

  it("is the cast of pixels", () => {
    expect(entryValues(graphOf([nodeProto("Reshape", ["ids", "rows"], ["r"]), nodeProto("Cast", ["r"], ["e"], { to: 1 }), ...score]))).toEqual(["e"]);
  });
});

function graphOf(nodes: readonly NodeProto[]): ReturnType<typeof typedGraph> {
  const ints = (name: string, values: readonly number[], dims: readonly number[] = []) =>
    tensorProto(name, { type: "int64", dims, data: BigInt64Array.from(values, BigInt) });
  const scalar = (name: string, value: number) => tensorProto(name, { type: "float32", dims: [], data: Float32Array.of(value) });
  const model = modelProto({
    nodes: [nodeProto("Constant", [], ["unused"], { value_float: float(0) }), ...nodes],
    inputs: [valueInfoProto("ids", "int64", ["N", 5])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [
      tensorProto("table", { type: "float32", dims: [7, 3], data: new Float32Array(21).fill(0.5) }),
      tensorProto("values", { type: "float32", dims: [2], data: Float32Array.of(0, 1) }),
      scalar("one", 1),
      scalar("zero", 0),
      ints("depth", [7]),
      ints("first", [0]),
      ints("step", [1]),
      ints("last", [-1], [1]),
      ints("range", [0, 1, 2, 3, 4, 5, 6], [7]),
      ints("rows", [-1, 7], [2]),
    ],
    opset: 18,
  });
  return typedGraph(prepareModel(model));
}
