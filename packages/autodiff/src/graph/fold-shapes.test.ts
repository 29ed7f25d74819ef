import { differentiate } from "@xdeep/autodiff";
import { type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";

const ints = (name: string, values: readonly number[], dims: readonly number[] = [values.length]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "int64", dims, data: BigInt64Array.from(values, BigInt) });

/** Heads split as PyTorch exports it: shape → gather → unsqueeze → concat → reshape, the batch open. */
function heads(outputs: readonly string[] = ["y"]): ReturnType<typeof modelProto> {
  const dim = (name: string, index: string): readonly NodeProto[] => [
    nodeProto("Gather", ["shape", index], [name]),
    nodeProto("Unsqueeze", [name, "zero"], [`${name}1`]),
  ];
  return modelProto({
    nodes: [
      nodeProto("Shape", ["x"], ["shape"]),
      ...dim("batch", "i0"),
      ...dim("length", "i1"),
      nodeProto("Concat", ["batch1", "length1", "sizes"], ["target"], { axis: 0 }),
      nodeProto("Reshape", ["x", "target"], ["split"]),
      nodeProto("Tanh", ["split"], ["y"]),
    ],
    inputs: [valueInfoProto("x", "float32", ["N", 3, 4])],
    outputs: outputs.map((name) => valueInfoProto(name, name === "y" ? "float32" : "int64", null)),
    initializers: [ints("i0", [0], []), ints("i1", [1], []), ints("zero", [0]), ints("sizes", [2, 2])],
    opset: 18,
  });
}

const operators = (model: ReturnType<typeof modelProto>): readonly string[] => differentiate(model).model.graph!.node.map(({ opType }) => opType);

describe("shapes that are known before the run", () => {
  it("are written into the nodes that take them", () => {
    expect(operators(heads()).filter((op) => ["Shape", "Gather", "Unsqueeze", "Concat"].includes(op))).toEqual([]);
  });

  it("stay computed where they are outputs of the model", () => {
    expect(operators(heads(["y", "target"])).filter((op) => op === "Shape")).toEqual(["Shape"]);
  });

  it("change nothing for any batch", async () => {
    const { model, cotangent, gradients } = differentiate(heads());
    const session = await ort.InferenceSession.create(writeModel(model));
    for (const batch of [1, 3]) {
      const x = Float32Array.from({ length: 12 * batch }, (_, i) => Math.sin(i));
      const results = await session.run({
        x: new ort.Tensor("float32", x, [batch, 3, 4]),
        [cotangent]: new ort.Tensor("float32", x, [batch, 3, 2, 2]),
      });
      expect(results["y"]!.dims).toEqual([batch, 3, 2, 2]);
      (results[gradients["x"]!]!.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(x[i]! * (1 - Math.tanh(x[i]!) ** 2), 5));
    }
    await session.release();
  });

  it("are left to the run where two dims are open", () => {
    const model = heads();
    const open = { ...model, graph: { ...model.graph!, input: [valueInfoProto("x", "float32", ["N", "L", 4])] } };
    expect(operators(open)).toContain("Shape");
  });
});
