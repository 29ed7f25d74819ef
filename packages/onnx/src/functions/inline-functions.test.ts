import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { Tensor, numbersOf, runModel } from "../../test/run-model.ts";
import { AttributeProto_AttributeType as Kind, AttributeProtoSchema, FunctionProtoSchema, GraphProtoSchema } from "../gen/onnx_pb.ts";
import type { FunctionProto, ModelProto, NodeProto } from "../gen/onnx_pb.ts";
import { namesOfGraph } from "../graphs/graph-names.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { DEFAULT_LIMITS } from "../files/limits.ts";
import { modelProto } from "../files/model-proto.ts";
import { attributeProto, float, nodeProto } from "../graphs/node.ts";
import { tensorProto } from "../files/tensor-data.ts";
import { valueInfoProto } from "../graphs/value-info.ts";
import { withFields } from "../graphs/with-fields.ts";

const local = { domain: "local" };

function fn(parts: MessageInitShape<typeof FunctionProtoSchema>, opset = 17): FunctionProto {
  return create(FunctionProtoSchema, {
    domain: "local",
    opsetImport: [
      { domain: "", version: BigInt(opset) },
      { domain: "local", version: 1n },
    ],
    ...parts,
  });
}

/** The node with `attribute` taken from the function's attribute `from`. */
function referring(node: NodeProto, attribute: string, type: Kind, from: string): NodeProto {
  return withFields(node, { attribute: [...node.attribute, create(AttributeProtoSchema, { name: attribute, type, refAttrName: from })] });
}

function model(nodes: readonly NodeProto[], functions: readonly FunctionProto[], opset = 17): ModelProto {
  const parts = { nodes, inputs: [valueInfoProto("x", "float32", [2, 3])], outputs: [valueInfoProto("y", "float32", null)], opset, domains: { local: 1 } };
  return withFields(modelProto(parts), { irVersion: 10n, functions: [...functions] });
}

async function outputOf(proto: ModelProto): Promise<Tensor | undefined> {
  const x = new Tensor("float32", Float32Array.of(-2, -1, 0, 1, 2, 3), [2, 3]);
  return (await runModel(proto, { x }))["y"];
}

async function expectSame(proto: ModelProto): Promise<ModelProto> {
  const inlined = inlineFunctions(proto);
  expect(inlined.functions).toEqual([]);
  expect(inlined.graph?.node.some(({ domain }) => domain === "local")).toBe(false);
  expect(inlined.opsetImport.map(({ domain }) => domain)).toEqual([""]);
  const [before, after] = [await outputOf(proto), await outputOf(inlined)];
  expect(after?.dims).toEqual(before?.dims);
  expect(after?.data).toEqual(before?.data);
  return inlined;
}

const square = fn({ name: "Square", input: ["a"], output: ["b"], node: [nodeProto("Mul", ["a", "a"], ["b"])] });
const leaky = fn({
  name: "Leaky",
  input: ["a"],
  output: ["b"],
  attribute: ["slope"],
  node: [referring(nodeProto("LeakyRelu", ["a"], ["t"]), "alpha", Kind.FLOAT, "slope"), nodeProto("Square", ["t"], ["b"], {}, local)],
});

describe("inlineFunctions", () => {
  it("returns a model without functions as it is", () => {
    const plain = model([nodeProto("Relu", ["x"], ["y"])], []);
    expect(inlineFunctions(plain)).toBe(plain);
  });

  it("inlines calls, twice the same and nested, with attributes", async () => {
    const proto = model(
      [
        nodeProto("Leaky", ["x"], ["a"], { slope: float(0.5) }, { ...local, name: "first" }),
        nodeProto("Leaky", ["a"], ["b"], { slope: float(2) }, local),
        nodeProto("Add", ["a", "b"], ["y"]),
      ],
      [leaky, square],
    );
    const inlined = await expectSame(proto);
    expect(inlined.graph?.node.map(({ opType }) => opType)).toEqual(["LeakyRelu", "Mul", "LeakyRelu", "Mul", "Add"]);
    expect(inlined.graph?.node.map(({ output }) => output[0])).toEqual(["first/t", "a", "b/t", "b", "y"]);
    expect(proto.functions).toHaveLength(2);
  });

  it("uses defaults of attributes, and leaves out those that are neither given nor have one", async () => {
    const withDefault = withFields(leaky, { attribute: [], attributeProto: [attributeProto("slope", float(0.25))] });
    await expectSame(model([nodeProto("Leaky", ["x"], ["y"], {}, local)], [withDefault, square]));
    const inlined = inlineFunctions(model([nodeProto("Leaky", ["x"], ["y"], {}, local)], [leaky, square]));
    expect(inlined.graph?.node[0]?.attribute).toEqual([]);
  });

  it("tells overloads apart", async () => {
    const negative = fn({
      name: "Square",
      overload: "negative",
      input: ["a"],
      output: ["b"],
      node: [nodeProto("Mul", ["a", "a"], ["t"]), nodeProto("Neg", ["t"], ["b"])],
    });
    const call = withFields(nodeProto("Square", ["x"], ["n"], {}, local), { overload: "negative" });
    await expectSame(model([call, nodeProto("Square", ["n"], ["s"], {}, local), nodeProto("Sub", ["s", "n"], ["y"])], [square, negative]));
  });

  it("passes values through, and leaves out optional inputs and unused outputs", async () => {
    const both = fn({
      name: "Both",
      input: ["a", "low", "high"],
      output: ["same", "clipped", "extra"],
      node: [nodeProto("Clip", ["a", "low", "high"], ["clipped"]), nodeProto("Neg", ["a"], ["extra"]), nodeProto("Identity", ["a"], ["same"])],
    });
    const through = fn({ name: "Through", input: ["a"], output: ["a"], node: [] });
    const proto = model(
      [nodeProto("Both", ["x", "", "zero"], ["s", "c"], {}, local), nodeProto("Add", ["s", "c"], ["t"]), nodeProto("Through", ["t"], ["y"], {}, local)],
      [both, through],
    );
    const withZero = withFields(proto, {
      graph: withFields(proto.graph as NonNullable<ModelProto["graph"]>, {
        initializer: [tensorProto("zero", { type: "float32", dims: [], data: Float32Array.of(0) })],
      }),
    });
    const inlined = inlineFunctions(withZero);
    expect(numbersOf(await outputOf(inlined))).toEqual([-4, -2, 0, 1, 2, 3]);
    expect(inlined.graph?.node.map(({ opType }) => opType)).toEqual(["Clip", "Neg", "Identity", "Add", "Identity"]);
  });

  it("inlines inside subgraphs, and renames the values of subgraphs of functions", async () => {
    const branch = (name: string, op: string) =>
      create(GraphProtoSchema, {
        name,
        node: [nodeProto("Abs", ["a"], ["t"]), nodeProto(op, ["t"], ["u"], {}, local)],
        output: [valueInfoProto("u", "float32", null)],
      });
    const choose = fn({
      name: "Choose",
      input: ["a"],
      output: ["b"],
      node: [
        nodeProto("ReduceMax", ["a"], ["m"], { keepdims: 0 }),
        nodeProto("Sign", ["m"], ["n"]),
        nodeProto("Cast", ["n"], ["c"], { to: 9 }),
        nodeProto("If", ["c"], ["b"], { then_branch: branch("then", "Square"), else_branch: branch("else", "Square") }),
      ],
    });
    const inlined = await expectSame(model([nodeProto("Choose", ["x"], ["t"], {}, local), nodeProto("Choose", ["t"], ["y"], {}, local)], [choose, square]));
    const graph = inlined.graph as NonNullable<ModelProto["graph"]>;
    const defined = graph.node.flatMap(({ output }) => output);
    expect(new Set(defined).size).toBe(defined.length);
    expect(namesOfGraph(graph)).toContain("y/u");
  });

  it("does not capture names of the graph around", async () => {
    const shadow = fn({
      name: "Shadow",
      input: ["a"],
      output: ["b"],
      node: [nodeProto("Neg", ["a"], ["y/x"]), nodeProto("Abs", ["y/x"], ["x"]), nodeProto("Add", ["x", "a"], ["b"])],
    });
    await expectSame(
      model(
        [
          nodeProto("Relu", ["x"], ["y/x"]),
          nodeProto("Shadow", ["y/x"], ["z"], {}, local),
          nodeProto("Shadow", ["x"], ["t"], {}, local),
          nodeProto("Add", ["z", "t"], ["y"]),
        ],
        [shadow],
      ),
    );
  });

  it("brings functions of older operator sets to the model's", async () => {
    const mean = fn(
      { name: "Mean1", input: ["a"], output: ["b"], attribute: ["over"], node: [referring(nodeProto("ReduceMean", ["a"], ["b"]), "axes", Kind.INTS, "over")] },
      13,
    );
    const proto = model([nodeProto("Mean1", ["x"], ["y"], { over: [1] }, local)], [mean], 18);
    const inlined = inlineFunctions(proto);
    expect(numbersOf(await outputOf(inlined))).toEqual([-1, 2]);
    expect(inlined.opsetImport.map(({ version }) => version)).toEqual([18n]);
    const older = inlineFunctions(model([nodeProto("ReduceSum", ["x"], ["s"], { axes: [1] }), nodeProto("Square", ["s"], ["y"], {}, local)], [square], 12));
    expect(numbersOf(await outputOf(older))).toEqual([9, 36]);
    expect(older.opsetImport.map(({ version }) => version)).toEqual([18n]);
  });

  it("keeps operator domains that function bodies import", () => {
    const gelu = create(FunctionProtoSchema, {
      name: "G",
      domain: "local",
      input: ["a"],
      output: ["b"],
      opsetImport: [{ domain: "com.microsoft", version: 1n }],
      node: [nodeProto("FastGelu", ["a"], ["b"], {}, { domain: "com.microsoft" })],
    });
    const { opsetImport } = inlineFunctions(model([nodeProto("G", ["x"], ["y"], {}, local)], [gelu]));
    expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ["", 17n],
      ["com.microsoft", 1n],
    ]);
  });

  it("refuses a function that calls itself", () => {
    const a = fn({ name: "A", input: ["v"], output: ["w"], node: [nodeProto("B", ["v"], ["w"], {}, local)] });
    const b = fn({ name: "B", input: ["v"], output: ["w"], node: [nodeProto("A", ["v"], ["w"], {}, local)] });
    expect(() => inlineFunctions(model([nodeProto("A", ["x"], ["y"], {}, local)], [a, b]))).toThrow(/calls itself/);
  });

  it("refuses operator sets that cannot be brought together", () => {
    expect(() => inlineFunctions(model([nodeProto("Square", ["x"], ["y"], {}, local)], [square], 24))).toThrow(/24, 17|17, 24/);
  });
});

describe("a bomb", () => {
  it("of functions that call each other ten times each is refused at once, and names the limit", () => {
    const functions = Array.from({ length: 10 }, (_, i) =>
      fn({
        name: `f${i}`,
        input: ["a"],
        output: ["b"],
        node: Array.from({ length: 10 }, (__, k) =>
          nodeProto(i === 9 ? "Relu" : `f${i + 1}`, [k === 0 ? "a" : `t${k - 1}`], [k === 9 ? "b" : `t${k}`], {}, i === 9 ? {} : local),
        ),
      }),
    );
    const started = performance.now();
    expect(() => inlineFunctions(model([nodeProto("f0", ["x"], ["y"], {}, local)], functions))).toThrow(/limits\.nodes/);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it("of a constant in a function that is called often is refused", () => {
    const large = tensorProto("", { type: "float32", dims: [2 ** 18], data: new Float32Array(2 ** 18) });
    const big = fn({
      name: "Big",
      input: ["a"],
      output: ["b"],
      node: [nodeProto("Constant", [], ["k"], { value: large }), nodeProto("Add", ["a", "k"], ["b"])],
    });
    const calls = Array.from({ length: 300 }, (_, i) => nodeProto("Big", [i === 0 ? "x" : `v${i - 1}`], [i === 299 ? "y" : `v${i}`], {}, local));
    expect(() => inlineFunctions(model(calls, [big]))).toThrow(/limits\.constantElements/);
  });

  it("of functions that call one another in a long row is refused", () => {
    const functions = Array.from({ length: 5000 }, (_, i) =>
      fn({ name: `f${i}`, input: ["a"], output: ["b"], node: [nodeProto(i === 4999 ? "Relu" : `f${i + 1}`, ["a"], ["b"], {}, i === 4999 ? {} : local)] }),
    );
    expect(() => inlineFunctions(model([nodeProto("f0", ["x"], ["y"], {}, local)], functions))).toThrow(/limits\.depth/);
  });

  it("of calls that all have one name takes no more time than others", () => {
    const calls = Array.from({ length: 20_000 }, (_, i) =>
      nodeProto("Twice", [i === 0 ? "x" : `v${i - 1}`], [i === 19_999 ? "y" : `v${i}`], {}, { ...local, name: "n" }),
    );
    const twice = fn({ name: "Twice", input: ["a"], output: ["b"], node: [nodeProto("Relu", ["a"], ["t"]), nodeProto("Relu", ["t"], ["b"])] });
    const started = performance.now();
    const names = namesOfGraph(inlineFunctions(model(calls, [twice]), { ...DEFAULT_LIMITS, nodes: 50_000 }).graph!);
    expect(names.size).toBe(40_001);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
