import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Dim, Facts } from "../graphs/facts.ts";
import { type GraphProto, GraphProtoSchema, type ModelProto, type NodeProto, type ValueInfoProto } from "../gen/onnx_pb.ts";
import { modelProto } from "../files/model-proto.ts";
import { float, nodeProto } from "../graphs/node.ts";
import { tensorProto } from "../files/tensor-data.ts";
import { valueInfoProto } from "../graphs/value-info.ts";
import { inferGraph, inferSubgraph } from "./infer-graph.ts";

const int64 = (name: string, ...values: number[]) => tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
const scalar = (name: string, value: number) => tensorProto(name, { type: "int64", dims: [], data: BigInt64Array.of(BigInt(value)) });
const flag = (name: string, value: boolean) => tensorProto(name, { type: "bool", dims: [], data: Uint8Array.of(Number(value)) });
const input = (name: string, ...dims: Dim[]): ValueInfoProto => valueInfoProto(name, "float32", dims);

function model(nodes: readonly NodeProto[], inputs: readonly ValueInfoProto[], rest: Partial<Parameters<typeof modelProto>[0]> = {}): ModelProto {
  return modelProto({ nodes, inputs, outputs: [], opset: 20, ...rest });
}

function dimsOf(proto: ModelProto, name: string): readonly Dim[] | null | undefined {
  return inferGraph(proto).get(name)?.dims;
}

function body(nodes: readonly NodeProto[], inputs: readonly ValueInfoProto[], outputs: readonly string[]): GraphProto {
  return create(GraphProtoSchema, { name: "body", node: [...nodes], input: [...inputs], output: outputs.map((name) => ({ name })) });
}

describe("symbols", () => {
  it("pass through shape arithmetic into Reshape", () => {
    const proto = model(
      [
        nodeProto("Shape", ["x"], ["shape"]),
        nodeProto("Gather", ["shape", "zero"], ["batch"]),
        nodeProto("Unsqueeze", ["batch", "first"], ["batchVector"]),
        nodeProto("Concat", ["batchVector", "tail"], ["target"], { axis: 0 }),
        nodeProto("Reshape", ["x", "target"], ["y"]),
      ],
      [input("x", "N", 4, 6)],
      { initializers: [scalar("zero", 0), int64("first", 0), int64("tail", 3, -1)] },
    );
    expect(inferGraph(proto).get("target")).toEqual({ type: "int64", dims: [3], elements: ["N", 3, -1] });
    expect(dimsOf(proto, "y")).toEqual(["N", 3, 8]);
  });

  it("meet again after two branches that halve a size in different ways", () => {
    const proto = model(
      [
        nodeProto("Conv", ["x", "wide"], ["a"], { strides: [2, 2], pads: [1, 1, 1, 1] }),
        nodeProto("Conv", ["x", "narrow"], ["b"], { strides: [2, 2] }),
        nodeProto("Add", ["a", "b"], ["y"]),
      ],
      [input("x", "N", 3, "H", "W"), input("wide", 8, 3, 3, 3), input("narrow", 8, 3, 1, 1)],
    );
    expect(dimsOf(proto, "y")).toEqual(["N", 8, "{floor((H+1)/2)}", "{floor((W+1)/2)}"]);
  });

  it("double back in upsampling by sizes computed from the shape", () => {
    const proto = model(
      [
        nodeProto("Shape", ["x"], ["spatial"], { start: 2 }),
        nodeProto("Cast", ["spatial"], ["asFloat"], { to: 1 }),
        nodeProto("Mul", ["asFloat", "scale"], ["scaled"]),
        nodeProto("Floor", ["scaled"], ["floored"]),
        nodeProto("Cast", ["floored"], ["sizes"], { to: 7 }),
        nodeProto("Resize", ["x", "", "", "sizes"], ["y"], { axes: [2, 3] }),
      ],
      [input("x", "N", 3, "H", 5)],
      { initializers: [tensorProto("scale", { type: "float32", dims: [], data: Float32Array.of(2) })] },
    );
    expect(dimsOf(proto, "y")).toEqual(["N", 3, "{2*H}", 10]);
  });

  it("are made up, one for each size that nothing is known of", () => {
    const proto = model([nodeProto("NonZero", ["x"], ["found"]), nodeProto("Transpose", ["found"], ["y"])], [valueInfoProto("x", "float32", [null, null])]);
    expect(dimsOf(proto, "x")).toEqual(["x.0", "x.1"]);
    expect(dimsOf(proto, "y")).toEqual(["found.1", 2]);
  });

  it("are not taken for equal sizes when they broadcast", () => {
    const proto = model([nodeProto("Add", ["a", "b"], ["y"])], [input("a", "N", "M", 1), input("b", "N", "K", "C")]);
    expect(dimsOf(proto, "y")).toEqual(["N", "y.1", "C"]);
  });

  it("of a model that look like expressions are not read as such", () => {
    const proto = model([nodeProto("Concat", ["x", "x"], ["y"], { axis: 0 })], [input("x", "{N+1}", "seq-1")]);
    expect(dimsOf(proto, "x")).toEqual(["x.0", "seq-1"]);
    expect(dimsOf(proto, "y")).toEqual(["{2*x.0}", "seq-1"]);
  });
});

describe("declarations", () => {
  const mystery = (...declared: ValueInfoProto[]): ModelProto => {
    const proto = model([nodeProto("Mystery", ["x"], ["m"], {}, { domain: "elsewhere" }), nodeProto("Relu", ["m"], ["y"])], [input("x", "N", 3)]);
    proto.graph?.valueInfo.push(...declared);
    return proto;
  };

  it("fill in what inference does not know", () => {
    expect(inferGraph(mystery(input("m", "N", 7))).get("y")).toEqual({ type: "float32", dims: ["N", 7] });
    expect(inferGraph(mystery()).get("y")).toEqual({ type: null, dims: null });
  });

  it("do not overrule what inference knows", () => {
    expect(inferGraph(mystery(input("m", "N", 7), input("y", 1, 8))).get("y")).toEqual({ type: "float32", dims: ["N", 7] });
  });

  it("give numbers to sizes that inference had to name", () => {
    const proto = model([nodeProto("Reshape", ["x", "shape"], ["y"])], [input("x", "N", 4), valueInfoProto("shape", "int64", [2])]);
    proto.graph?.output.push(input("y", 2, null));
    expect(dimsOf(proto, "y")).toEqual([2, "y.1"]);
  });

  it("of inputs give way to dims that the caller assumes", () => {
    const proto = model([nodeProto("Flatten", ["x"], ["y"])], [input("x", "N", 3, "H", "W")]);
    expect(inferGraph(proto, { inputDims: { x: [1, 3, 8, 8] } }).get("y")?.dims).toEqual([1, 192]);
  });
});

describe("initializers", () => {
  it("are decoded only when a rule asks for their elements", () => {
    const proto = model([nodeProto("MatMul", ["x", "w"], ["y"])], [input("x", "N", 3)], {
      initializers: [tensorProto("w", { type: "float32", dims: [3, 2], data: new Float32Array(6) })],
    });
    const [weights] = proto.graph?.initializer ?? [];
    if (weights !== undefined) weights.rawData = new Uint8Array(3);
    expect(dimsOf(proto, "y")).toEqual(["N", 2]);
    expect(() => inferGraph(proto).get("w")?.constant).toThrow(/6|elements/);
  });

  it("of another file are known by type and dims", () => {
    const proto = model([], [], { initializers: [tensorProto("w", { type: "float32", dims: [3, 2], data: new Float32Array(6) })] });
    proto.graph?.initializer[0]?.externalData.push({ $typeName: "onnx.StringStringEntryProto", key: "location", value: "w.bin" });
    expect(inferGraph(proto).get("w")).toEqual({ type: "float32", dims: [3, 2] });
  });
});

describe("If", () => {
  const branches = (condition: string, yes: GraphProto, no: GraphProto): NodeProto =>
    nodeProto("If", [condition], ["y"], { then_branch: yes, else_branch: no });
  const relu = body([nodeProto("Relu", ["x"], ["a"])], [], ["a"]);
  const widened = body([nodeProto("Concat", ["x", "x"], ["a"], { axis: 1 })], [], ["a"]);
  const squeezed = body([nodeProto("Squeeze", ["x", "last"], ["a"])], [], ["a"]);
  const condition = valueInfoProto("c", "bool", []);

  it("keeps what both branches agree on", () => {
    expect(inferGraph(model([branches("c", relu, widened)], [input("x", "N", 3), condition])).get("y")).toEqual({ type: "float32", dims: ["N", "y.1"] });
  });

  it("follows the branch that a known condition takes", () => {
    const choose = (value: boolean): ModelProto => model([branches("k", relu, widened)], [input("x", "N", 3)], { initializers: [flag("k", value)] });
    expect(dimsOf(choose(true), "y")).toEqual(["N", 3]);
    expect(dimsOf(choose(false), "y")).toEqual(["N", 6]);
  });

  it("leaves out a branch that these shapes rule out", () => {
    expect(dimsOf(model([branches("c", squeezed, relu)], [input("x", "N", 3), condition], { initializers: [int64("last", -1)] }), "y")).toEqual(["N", 3]);
  });

  it("does not mistake sizes of the two branches for each other", () => {
    const open = (): GraphProto => body([nodeProto("Mystery", ["x"], ["m"], {}, { domain: "elsewhere" }), nodeProto("Reshape", ["x", "m"], ["a"])], [], ["a"]);
    const [yes, no] = [open(), open()];
    for (const graph of [yes, no]) graph.valueInfo.push(valueInfoProto("m", "int64", [2]));
    expect(dimsOf(model([branches("c", yes, no)], [input("x", "N", 3), condition]), "y")).toEqual(["y.0", "y.1"]);
  });
});

describe("Loop and Scan", () => {
  const state = [valueInfoProto("i", "int64", []), valueInfoProto("go", "bool", []), valueInfoProto("s", "float32", null)];
  const loop = (step: NodeProto, trips = "trips"): NodeProto =>
    nodeProto("Loop", [trips, "", "x"], ["final", "all"], {
      body: body([nodeProto("Identity", ["go"], ["stay"]), step, nodeProto("Identity", ["next"], ["seen"])], state, ["stay", "next", "seen"]),
    });

  it("keep a state that every pass keeps, and stack what it yields", () => {
    const proto = model([loop(nodeProto("Relu", ["s"], ["next"]))], [input("x", "N", 3)], { initializers: [scalar("trips", 5)] });
    expect(dimsOf(proto, "final")).toEqual(["N", 3]);
    expect(dimsOf(proto, "all")).toEqual([5, "N", 3]);
  });

  it("leave open what grows", () => {
    const proto = model([loop(nodeProto("Concat", ["s", "x"], ["next"], { axis: 0 }))], [input("x", 2, 3)], { initializers: [scalar("trips", 5)] });
    expect(dimsOf(proto, "final")).toEqual(["final.0", 3]);
  });

  it("slice what is scanned", () => {
    const step = body(
      [nodeProto("Add", ["s", "slice"], ["next"]), nodeProto("Identity", ["next"], ["seen"])],
      [input("s", null), input("slice", null)],
      ["next", "seen"],
    );
    const proto = model(
      [nodeProto("Scan", ["start", "x"], ["final", "all"], { body: step, num_scan_inputs: 1, scan_input_axes: [1], scan_output_axes: [-1] })],
      [input("start", 4), input("x", 4, "T")],
    );
    expect(dimsOf(proto, "final")).toEqual([4]);
    expect(dimsOf(proto, "all")).toEqual([4, "T"]);
  });
});

describe("inferSubgraph", () => {
  it("sees the values around it and keeps its own symbols apart", () => {
    const outer = new Map<string, Facts>([["x", { type: "float32", dims: ["N", 3] }]]);
    const graph = body([nodeProto("Add", ["x", "b"], ["a"])], [input("b", null, 3)], ["a"]);
    const facts = inferSubgraph(graph, outer, { opset: 20, scope: "then/" });
    expect(facts.get("b")?.dims).toEqual(["then/b.0", 3]);
    expect(facts.get("a")?.dims).toEqual(["then/a.0", 3]);
    expect(facts.has("x")).toBe(false);
  });
});

describe("small constants", () => {
  it("are computed with the arithmetic of their type", () => {
    const third = nodeProto("Constant", [], ["third"], { value_float: float(1 / 3) });
    const facts = inferGraph(
      model(
        [
          third,
          nodeProto("Mul", ["third", "third"], ["ninth"]),
          nodeProto("Constant", [], ["seven"], { value_int: -7 }),
          nodeProto("Div", ["seven", "two"], ["half"]),
        ],
        [],
        { initializers: [scalar("two", 2)] },
      ),
    );
    expect(facts.get("ninth")?.constant?.data).toEqual(Float32Array.of(Math.fround(Math.fround(1 / 3) * Math.fround(1 / 3))));
    expect(facts.get("half")?.constant?.data).toEqual(BigInt64Array.of(-3n));
  });

  it("are left alone where they leave the range of their type", () => {
    const big = tensorProto("big", { type: "int32", dims: [1], data: Int32Array.of(2 ** 31 - 1) });
    expect(inferGraph(model([nodeProto("Add", ["big", "big"], ["y"])], [], { initializers: [big] })).get("y")).toEqual({ type: "int32", dims: [1] });
  });
});
