import { graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { typedGraph } from "../../graph/typed-graph.ts";
import type { TypedGraph } from "../../graph/typed-graph.ts";
import { boundLoops, loopEnd } from "./bound-loops.ts";
import { prepareModel } from "../prepare-model.ts";

function looped(trips: string): TypedGraph {
  const body = graphProto({
    nodes: [nodeProto("Identity", ["c"], ["d"]), nodeProto("Mul", ["s", "s"], ["t"])],
    inputs: [valueInfoProto("i", "int64", []), valueInfoProto("c", "bool", []), valueInfoProto("s", "float32", null)],
    outputs: [valueInfoProto("d", "bool", []), valueInfoProto("t", "float32", null)],
    initializers: [],
    name: "body",
  });
  const model = modelProto({
    nodes: [
      nodeProto("Shape", ["x"], ["sizes"]),
      nodeProto("Gather", ["sizes", "first"], ["length"]),
      nodeProto("ReduceMax", ["x"], ["most"], { keepdims: 0 }),
      nodeProto("Cast", ["most"], ["counted"], { to: 7 }),
      nodeProto("Loop", [trips, "", "x"], ["y"], { body }),
    ],
    inputs: [valueInfoProto("x", "float32", ["N", "T"])],
    outputs: [valueInfoProto("y", "float32", ["N", "T"])],
    initializers: [
      tensorProto("three", { type: "int64", dims: [], data: BigInt64Array.of(3n) }),
      tensorProto("first", { type: "int64", dims: [], data: BigInt64Array.of(1n) }),
    ],
  });
  return typedGraph(prepareModel(model));
}

describe("a loop", () => {
  it.each(["three", "length"])("of a number of rounds that the file or a size says (%s) stays as it is", (trips) => {
    const graph = looped(trips);
    expect(boundLoops(graph)).toBe(graph);
  });

  it("whose rounds the data decide gets a state more, and nothing where no limit is set", () => {
    const graph = looped("counted");
    expect(boundLoops(graph).producers.get("y")!.input).toHaveLength(4);
    const unlimited = { ...graph, limits: { ...graph.limits, loopRounds: Infinity } };
    expect(boundLoops(unlimited)).toBe(unlimited);
  });

  it("is not seen in the message of another Reshape that fails", () => {
    expect(loopEnd("The input tensor cannot be reshaped to the requested shape. Input shape:{1}, requested shape:{2}")).toBeNull();
    expect(loopEnd("out of memory")).toBeNull();
  });
});
