import type { DataType } from "@xdeep/core";
import { type GraphProto, type NodeProto, type ValueInfoProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, it } from "vitest";
import { randomValue } from "../src/math/random-value.ts";
import { scalar64 } from "../src/arrays/value64.ts";
import { expectSameModel, untyped } from "./compare-with-onnxruntime.ts";

function info(name: string, dims: readonly number[], type: DataType = "float32"): ValueInfoProto {
  return valueInfoProto(name, type, dims);
}

function subgraph(nodes: readonly NodeProto[], inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): GraphProto {
  const weight = tensorProto("inner_weight", { type: "float32", dims: [3], data: Float32Array.of(0.5, -1, 2) });
  return modelProto({ nodes, inputs, outputs, initializers: [weight], name: "inner" }).graph!;
}

const v = info("v", [3]);

describe("control flow", () => {
  it.each([1, 0])("runs the branch of If that the condition %i picks, in the outer scope", async (condition) => {
    const then = subgraph([nodeProto("Mul", ["x", "inner_weight"], ["t"])], [], [info("t", [3])]);
    const otherwise = subgraph([nodeProto("Exp", ["x"], ["e0"]), nodeProto("Add", ["e0", "inner_weight"], ["e"])], [], [info("e", [3])]);
    const nodes = [nodeProto("If", ["c"], ["y"], { then_branch: then, else_branch: otherwise })];
    const model = modelProto({ nodes, inputs: [info("x", [3]), info("c", [], "bool")], outputs: [untyped("y")] });
    await expectSameModel(model, { x: randomValue(1, [3]), c: scalar64("bool", condition) });
  });

  it("carries and collects values through Loop until the condition fails", async () => {
    const body = subgraph(
      [
        nodeProto("Mul", ["v_in", "inner_weight"], ["scaled"]),
        nodeProto("Add", ["scaled", "x"], ["v_out"]),
        nodeProto("ReduceSum", ["v_out"], ["total"], { keepdims: 0 }),
        nodeProto("Cast", ["i"], ["i_float"], { to: 1 }),
        nodeProto("Mul", ["total", "i_float"], ["seen"]),
        nodeProto("Less", ["i", "last"], ["more"]),
      ],
      [info("i", [], "int64"), info("more_in", [], "bool"), info("v_in", [3])],
      [info("more", [], "bool"), info("v_out", [3]), info("seen", [])],
    );
    const nodes = [nodeProto("Loop", ["trips", "go", "x"], ["y", "scanned"], { body })];
    const inputs = [info("x", [3]), info("trips", [], "int64"), info("go", [], "bool"), info("last", [], "int64")];
    const model = modelProto({ nodes, inputs, outputs: [untyped("y"), untyped("scanned")] });
    const feeds = { x: randomValue(2, [3]), go: scalar64("bool", 1) };
    await expectSameModel(model, { ...feeds, trips: scalar64("int64", 4), last: scalar64("int64", 100) });
    await expectSameModel(model, { ...feeds, trips: scalar64("int64", 9), last: scalar64("int64", 2) });
  });

  it.each([
    [0, 0],
    [1, 0],
    [0, 1],
  ])("scans along axes, backwards %i, prepending %i", async (backwards, prepending) => {
    const body = subgraph(
      [nodeProto("Add", ["state", "element"], ["next"]), nodeProto("Mul", ["next", "inner_weight"], ["out"])],
      [info("state", [3]), info("element", [3])],
      [info("next", [3]), info("out", [3])],
    );
    const nodes = [
      nodeProto("Scan", ["v", "sequence"], ["final", "collected"], {
        body,
        num_scan_inputs: 1,
        scan_input_axes: [1],
        scan_output_axes: [1],
        scan_input_directions: [backwards],
        scan_output_directions: [prepending],
      }),
    ];
    const dims = [3, 5];
    const model = modelProto({ nodes, inputs: [v, info("sequence", dims)], outputs: [untyped("final"), untyped("collected")] });
    await expectSameModel(model, { v: randomValue(3, [3]), sequence: randomValue(4, dims) });
  });
});
