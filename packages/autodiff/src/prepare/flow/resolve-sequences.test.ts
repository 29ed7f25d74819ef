import { type GraphProto, type NodeProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { evaluate, fromTensor } from "@xdeep/reference";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { differentiate } from "../../differentiate.ts";
import { prepareModel } from "../prepare-model.ts";

const x = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 1));

/** Networks over sequences; x is [3, 4], the constants are scalars, two = [1, 2] and the output is y. */
const NETWORKS: readonly (readonly [string, readonly NodeProto[]])[] = [
  ["each row apart", [nodeProto("SplitToSequence", ["x"], ["s"], { keepdims: 0 }), nodeProto("SequenceAt", ["s", "one"], ["y"])]],
  ["rows kept as rows", [nodeProto("SplitToSequence", ["x"], ["s"]), nodeProto("SequenceAt", ["s", "last"], ["y"])]],
  ["parts of a size, the last smaller", [nodeProto("SplitToSequence", ["x", "three"], ["s"], { axis: 1 }), nodeProto("SequenceAt", ["s", "one"], ["y"])]],
  ["parts of given sizes", [nodeProto("SplitToSequence", ["x", "sizes"], ["s"]), nodeProto("SequenceAt", ["s", "zero"], ["y"])]],
  [
    "sequences built, changed and joined",
    [
      nodeProto("Tanh", ["x"], ["a"]),
      nodeProto("Exp", ["x"], ["b"]),
      nodeProto("SequenceConstruct", ["x", "a"], ["s"]),
      nodeProto("SequenceInsert", ["s", "b", "last"], ["t"]),
      nodeProto("SequenceInsert", ["t", "b"], ["u"]),
      nodeProto("SequenceErase", ["u", "zero"], ["v"]),
      nodeProto("Identity", ["v"], ["w"]),
      nodeProto("ConcatFromSequence", ["w"], ["y"], { axis: 1 }),
    ],
  ],
  [
    "a list joined along a new axis",
    [
      nodeProto("SequenceEmpty", [], ["s"]),
      nodeProto("SequenceInsert", ["s", "x"], ["t"]),
      nodeProto("Sin", ["x"], ["a"]),
      nodeProto("SequenceInsert", ["t", "a", "zero"], ["u"]),
      nodeProto("ConcatFromSequence", ["u"], ["y"], { axis: -1, new_axis: 1 }),
    ],
  ],
  [
    "an If over the axes of an entry, as PyTorch writes hstack",
    [
      nodeProto("SequenceConstruct", ["x", "x"], ["s"]),
      nodeProto("SequenceAt", ["s", "zero"], ["first"]),
      nodeProto("Shape", ["first"], ["dims"]),
      nodeProto("Size", ["dims"], ["rank"]),
      nodeProto("Equal", ["rank", "one"], ["isList"]),
      nodeProto("If", ["isList"], ["y"], { then_branch: joined(0), else_branch: joined(1) }),
    ],
  ],
  [
    "a body for each entry",
    [
      nodeProto("Tanh", ["x"], ["a"]),
      nodeProto("SequenceConstruct", ["x", "a"], ["s"]),
      nodeProto("SequenceMap", ["s", "x"], ["t"], { body: sumOfSine() }),
      nodeProto("ConcatFromSequence", ["t"], ["y"], { axis: 0 }),
    ],
  ],
  [
    "a length",
    [
      nodeProto("SequenceConstruct", ["x", "x"], ["s"]),
      nodeProto("SequenceLength", ["s"], ["n"]),
      nodeProto("Cast", ["n"], ["f"], { to: 1 }),
      nodeProto("Mul", ["x", "f"], ["y"]),
    ],
  ],
];

describe("sequences of known length", () => {
  it.each(NETWORKS)("become tensors without a change of what is computed: %s", async (_, nodes) => {
    const model = modelOf(nodes, 3);
    const prepared = prepareModel(model);
    expect(prepared.graph!.node.filter(({ opType }) => /Sequence/.test(opType))).toEqual([]);
    const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 4 });
    const { y } = await session.run({ x: new ort.Tensor("float32", x, [3, 4]) });
    const own = evaluate(prepared, { x: fromTensor({ type: "float32", dims: [3, 4], data: x }) })["y"]!;
    expect(own.dims).toEqual(y!.dims);
    own.data.forEach((value, i) => expect(value).toBeCloseTo(Number(y!.data[i]), 5));
    expect(Object.keys(differentiate(model).gradients)).toEqual(["x"]);
    await session.release();
  });

  it("stay sequences where the length shows only at run time", () => {
    const open = modelOf([nodeProto("SplitToSequence", ["x"], ["s"]), nodeProto("SequenceAt", ["s", "one"], ["y"])], "N");
    expect(prepareModel(open).graph!.node.map(({ opType }) => opType)).toEqual(["SplitToSequence", "SequenceAt"]);
    const split = nodeProto("SplitToSequence", ["x"], ["s"]);
    const one = nodeProto("SequenceConstruct", ["x"], ["t"]);
    const map = nodeProto("SequenceMap", ["t", "s"], ["u"], { body: sumOfSine() });
    const mapped = modelOf([one, split, map, nodeProto("SequenceAt", ["u", "zero"], ["y"])], "N");
    expect(prepareModel(mapped).graph!.node.map(({ opType }) => opType)).toContain("SequenceMap");
  });
});

function sumOfSine(): GraphProto {
  return graphProto({
    nodes: [nodeProto("Sin", ["entry"], ["sine"]), nodeProto("Add", ["sine", "other"], ["sum"])],
    inputs: [valueInfoProto("entry", "float32", null), valueInfoProto("other", "float32", null)],
    outputs: [valueInfoProto("sum", "float32", null)],
    name: "body",
  });
}

function joined(axis: number): GraphProto {
  return graphProto({
    nodes: [nodeProto("ConcatFromSequence", ["s"], ["joined"], { axis })],
    inputs: [],
    outputs: [valueInfoProto("joined", "float32", null)],
    name: `axis ${axis}`,
  });
}

function modelOf(nodes: readonly NodeProto[], rows: number | string): ReturnType<typeof modelProto> {
  const int = (name: string, ...values: number[]) =>
    tensorProto(name, { type: "int64", dims: values.length === 1 ? [] : [values.length], data: BigInt64Array.from(values, BigInt) });
  return modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", [rows, 4])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [int("zero", 0), int("one", 1), int("three", 3), int("last", -1), int("sizes", 1, 2)],
    opset: 18,
  });
}
