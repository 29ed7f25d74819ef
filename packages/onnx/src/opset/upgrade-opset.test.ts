import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { type OldModel, floats, longs, oldModels } from "../../test/old-models.ts";
import { Tensor, numbersOf, runModel } from "../../test/run-model.ts";
import type { FunctionProto, ModelProto, NodeProto } from "../gen/onnx_pb.ts";
import { FunctionProtoSchema, GraphProtoSchema } from "../gen/onnx_pb.ts";
import { graphProto } from "../files/graph-proto.ts";
import { modelProto } from "../files/model-proto.ts";
import { float, nodeProto } from "../graphs/node.ts";
import { tensorProto } from "../files/tensor-data.ts";
import { valueInfoProto } from "../graphs/value-info.ts";
import { withFields } from "../graphs/with-fields.ts";
import { writeModel } from "../files/write-model.ts";
import { opsetConverters } from "./converters.ts";
import { upgradeOpset } from "./upgrade-opset.ts";

function build(old: OldModel, nodes: readonly NodeProto[], opset: number, declareDims: boolean): ModelProto {
  const { x, type = "float32", outputType = "float32", constants = {} } = old;
  return modelProto({
    nodes,
    opset,
    inputs: Object.entries(x).map(([name, dims]) => valueInfoProto(name, type, declareDims ? dims : null)),
    outputs: [valueInfoProto("y", outputType, null)],
    initializers: Object.entries(constants).map(([name, constant]) => tensorProto(name, constant)),
  });
}

function feedsOf({ x, type = "float32" }: OldModel): Record<string, Tensor> {
  const value = (index: number): number => Math.sin(1 + index * 1.7) * 1.5;
  const tensor = (dims: readonly number[]): Tensor => {
    const values = Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, index) => value(index));
    switch (type) {
      case "float32":
        return new Tensor("float32", Float32Array.from(values), dims);
      case "float64":
        return new Tensor("float64", Float64Array.from(values), dims);
      case "int64":
        return new Tensor(
          "int64",
          BigInt64Array.from(values, (v) => BigInt(Math.round(v))),
          dims,
        );
      case "bool":
        return new Tensor(
          "bool",
          Uint8Array.from(values, (v) => (v > 0 ? 1 : 0)),
          dims,
        );
    }
  };
  return Object.fromEntries(Object.entries(x).map(([name, dims]) => [name, tensor(dims)]));
}

/** Equal bit by bit, or to `relative` of the largest value. */
function expectEqual(actual: Tensor | undefined, expected: Tensor | undefined, relative = 0): void {
  expect(expected?.data.length).toBeGreaterThan(0);
  expect(actual?.dims).toEqual(expected?.dims);
  if (relative === 0) return expect(actual?.data).toEqual(expected?.data);
  const values = numbersOf(expected);
  const errors = values.map((value, index) => Math.abs(value - Number(actual?.data[index])));
  expect(Math.max(...errors)).toBeLessThan(relative * Math.max(...values.map(Math.abs)));
}

describe.each([
  ["with declared dims", true],
  ["without any rank", false],
])("upgradeOpset %s", (_, declareDims) => {
  it.each(oldModels.map((old) => [old.name, old] as const))("%s", async (__, old) => {
    const model = build(old, old.nodes, old.opset, declareDims);
    const before = writeModel(model);
    const upgraded = upgradeOpset(model, 18);
    expect(upgraded.opsetImport.map(({ version }) => version)).toEqual([18n]);
    const reference = old.same === undefined ? model : build(old, old.same, 18, true);
    const feeds = feedsOf(old);
    expectEqual((await runModel(upgraded, feeds))["y"], (await runModel(reference, feeds))["y"], old.rounds === true ? 1e-6 : 0);
    expect(writeModel(model)).toEqual(before);
  });
});

const image = valueInfoProto("x", "float32", [1, 4, 3, 3]);
const output = valueInfoProto("y", "float32", null);
const simple = (op: string, opset: number, attributes: Parameters<typeof nodeProto>[3] = {}, outputs = ["y"], inputs = ["x"]): ModelProto =>
  modelProto({ nodes: [nodeProto(op, inputs, outputs, attributes, { name: "the_node" })], inputs: [image], outputs: [output], opset });

const refused: readonly (readonly [string, ModelProto])[] = [
  ["ATen", simple("ATen", 7)],
  ["BatchNormalization in training mode", simple("BatchNormalization", 9, {}, ["y", "m", "v"], ["x", "s", "b", "m0", "v0"])],
  ["BatchNormalization without is_test", simple("BatchNormalization", 6, {}, ["y"], ["x", "s", "b", "m0", "v0"])],
  ["Dropout without is_test", simple("Dropout", 6)],
  [
    "Dropout whose mask is used",
    modelProto({ nodes: [nodeProto("Dropout", ["x"], ["a", "y"], {}, { name: "the_node" })], inputs: [image], outputs: [output], opset: 10 }),
  ],
  ["MeanVarianceNormalization", simple("MeanVarianceNormalization", 8)],
  ["LpPool", simple("LpPool", 1, { p: float(1.5) })],
  ["Cast", simple("Cast", 5, { to: "FLOATING" })],
  ["Resize", simple("Resize", 11, { mode: "linear", coordinate_transformation_mode: "tf_half_pixel_for_nn" }, ["y"], ["x", "", "s"])],
  ["ScaledTanh", simple("ScaledTanh", 7)],
  ["Scan", simple("Scan", 8)],
  ["Split", simple("Split", 1, {}, ["y"], ["x", "s"])],
  ["Tile", simple("Tile", 5, {}, ["y"], ["x", "t", "a"])],
];

describe("upgradeOpset", () => {
  it.each(refused)("refuses %s by name", (name, model) => {
    expect(() => upgradeOpset(model, 18)).toThrow(
      expect.objectContaining({ code: "MODEL_UNSUPPORTED", message: expect.stringContaining("the_node") as string }) as Error,
    );
    expect(() => upgradeOpset(model, 18)).toThrow(name.split(" ")[0]);
  });

  it("refuses all operators that left the set at once, those of subgraphs too", () => {
    const branch = graphProto({
      nodes: [nodeProto("GRUUnit", ["x"], ["b"], {}, { name: "third" })],
      inputs: [],
      outputs: [valueInfoProto("b", "float32", null)],
      name: "g",
    });
    const nodes = [
      nodeProto("ATen", ["x"], ["a"], {}, { name: "first" }),
      nodeProto("Crop", ["a"], ["c"], {}, { name: "second" }),
      nodeProto("If", ["c"], ["y"], { then_branch: branch, else_branch: branch }),
    ];
    const old = modelProto({ nodes, inputs: [image], outputs: [output], opset: 7 });
    expect(() => upgradeOpset(old, 18)).toThrow(
      expect.objectContaining({
        code: "MODEL_UNSUPPORTED",
        message: expect.stringMatching(/4 nodes.*\n.*ATen.*"first".*\n.*Crop.*"second".*\n.*GRUUnit.*"third"/) as string,
      }) as Error,
    );
  });

  it("is tested for every operator that it converts", () => {
    const tested = new Set(
      [
        ...oldModels.flatMap(({ nodes }) => nodes),
        ...refused.flatMap(([, model]) => model.graph?.node ?? []),
        ...past18.flatMap(([, model]) => model.graph?.node ?? []),
      ].map(({ opType }) => opType),
    );
    const untested = opsetConverters
      .flatMap(({ ops }) => ops)
      .filter((op) => !tested.has(op) && !["ConstantFill", "Crop", "DynamicSlice", "GRUUnit", "GivenTensorFill"].includes(op));
    expect(untested).toEqual([]);
  });

  it("has one converter for each operator", () => {
    const ops = opsetConverters.flatMap((converter) => converter.ops);
    expect(ops).toHaveLength(new Set(ops).size);
  });

  it("returns a model that is new enough", () => {
    const model = simple("Relu", 18);
    expect(upgradeOpset(model, 18)).toBe(model);
    expect(upgradeOpset(model, 13)).toBe(model);
  });

  it("shares nodes and weights that mean the same", () => {
    const weights = tensorProto("w", floats([1]));
    const model = modelProto({
      nodes: [nodeProto("Add", ["x", "w"], ["a"]), nodeProto("Softmax", ["a"], ["y"])],
      inputs: [image],
      outputs: [output],
      initializers: [weights],
      opset: 9,
    });
    const { graph } = upgradeOpset(model, 18);
    expect(graph?.initializer[0]).toBe(weights);
    expect(graph?.node[0]).toBe(model.graph?.node[0]);
  });

  it("keeps a Softmax over one axis a Softmax", () => {
    const ofRows = modelProto({
      nodes: [nodeProto("Flatten", ["x"], ["f"]), nodeProto("Softmax", ["f"], ["y"])],
      inputs: [image],
      outputs: [output],
      opset: 9,
    });
    expect(upgradeOpset(ofRows, 18).graph?.node.map(({ opType }) => opType)).toEqual(["Flatten", "Softmax"]);
    const pooled = modelProto({
      nodes: [nodeProto("GlobalAveragePool", ["x"], ["p"]), nodeProto("Softmax", ["p"], ["y"])],
      inputs: [image],
      outputs: [output],
      opset: 7,
    });
    expect(upgradeOpset(pooled, 18).graph?.node.map(({ opType }) => opType)).toEqual(["GlobalAveragePool", "Softmax"]);
  });

  it("raises the file format with the operator set", () => {
    const old = withFields(simple("Relu", 7), { irVersion: 3n });
    expect(upgradeOpset(old, 18).irVersion).toBe(8n);
    expect(upgradeOpset(old, 21)).toMatchObject({ irVersion: 10n, opsetImport: [{ version: 21n }] });
  });

  it("keeps initializers that are inputs too", async () => {
    const weights = tensorProto("w", floats([1, 2, 3, 4], [4, 1, 1]));
    const model = withFields(
      modelProto({
        nodes: [nodeProto("Mul", ["x", "w"], ["a"]), nodeProto("ReduceMean", ["a"], ["y"], { axes: [1] })],
        inputs: [image, valueInfoProto("w", "float32", [4, 1, 1])],
        outputs: [output],
        initializers: [weights],
        opset: 7,
      }),
      { irVersion: 3n },
    );
    const upgraded = upgradeOpset(model, 18);
    const x = new Tensor(
      "float32",
      Float32Array.from({ length: 36 }, (_, i) => i),
      [1, 4, 3, 3],
    );
    const w = new Tensor("float32", Float32Array.of(4, 3, 2, 1), [4, 1, 1]);
    for (const feeds of [{ x }, { x, w }]) expectEqual((await runModel(upgraded, feeds))["y"], (await runModel(model, feeds))["y"]);
  });

  it("converts nodes inside If and Loop, which may read outer values", async () => {
    const branch = (name: string, node: NodeProto) =>
      create(GraphProtoSchema, { name, node: [node], output: [valueInfoProto(`${name}_out`, "float32", null)] });
    const body = create(GraphProtoSchema, {
      name: "body",
      node: [
        nodeProto("Identity", ["go"], ["go_on"]),
        nodeProto("Unsqueeze", ["state"], ["up"], { axes: [0] }),
        nodeProto("Softmax", ["up"], ["soft"], { axis: 2 }),
        nodeProto("Squeeze", ["soft"], ["next"], { axes: [0] }),
      ],
      input: [valueInfoProto("i", "int64", []), valueInfoProto("go", "bool", []), valueInfoProto("state", "float32", null)],
      output: [valueInfoProto("go_on", "bool", []), valueInfoProto("next", "float32", null)],
    });
    const model = modelProto({
      nodes: [
        nodeProto("ReduceSum", ["x"], ["sum"], { keepdims: 0 }),
        nodeProto("Greater", ["sum", "zero"], ["c"]),
        nodeProto("If", ["c"], ["r"], {
          then_branch: branch("then", nodeProto("Softmax", ["x"], ["then_out"])),
          else_branch: branch("else", nodeProto("Clip", ["x"], ["else_out"], { min: float(-1), max: float(0) })),
        }),
        nodeProto("Loop", ["three", "", "r"], ["y"], { body }),
      ],
      inputs: [image],
      outputs: [output],
      initializers: [tensorProto("zero", floats([0], [])), tensorProto("three", longs([3], []))],
      opset: 9,
    });
    const upgraded = upgradeOpset(model, 18);
    for (const sign of [1, -1]) {
      const x = new Tensor(
        "float32",
        Float32Array.from({ length: 36 }, (_, i) => sign * Math.abs(Math.sin(i))),
        [1, 4, 3, 3],
      );
      expectEqual((await runModel(upgraded, { x }))["y"], (await runModel(model, { x }))["y"]);
    }
  });

  it("converts the nodes of functions", async () => {
    const scale = create(FunctionProtoSchema, {
      name: "Normalize",
      domain: "local",
      input: ["v"],
      output: ["w"],
      opsetImport: [{ domain: "", version: 12n }],
      node: [nodeProto("ReduceSum", ["v"], ["sum"], { axes: [1], keepdims: 1 }), nodeProto("Div", ["v", "sum"], ["w"])],
    });
    const model = withFields(
      modelProto({
        nodes: [nodeProto("Normalize", ["x"], ["y"], {}, { domain: "local" })],
        inputs: [image],
        outputs: [output],
        opset: 12,
        domains: { local: 1 },
      }),
      { irVersion: 8n, functions: [scale] },
    );
    const upgraded = upgradeOpset(model, 18);
    expect(upgraded.functions[0]?.opsetImport[0]?.version).toBe(18n);
    const x = new Tensor(
      "float32",
      Float32Array.from({ length: 36 }, (_, i) => 1 + i),
      [1, 4, 3, 3],
    );
    expectEqual((await runModel(upgraded, { x }))["y"], (await runModel(model, { x }))["y"]);
  });

  it("refuses a converted node whose attribute is an argument of the function", () => {
    const node = nodeProto("ReduceSum", ["v"], ["w"], { axes: [1] }, { name: "inner" });
    const referring = withFields(node, { attribute: node.attribute.map((attribute) => withFields(attribute, { ints: [], refAttrName: "over" })) });
    const proto: FunctionProto = create(FunctionProtoSchema, {
      name: "F",
      domain: "local",
      input: ["v"],
      output: ["w"],
      attribute: ["over"],
      opsetImport: [{ version: 12n }],
      node: [referring],
    });
    expect(() => upgradeOpset(withFields(simple("Relu", 18), { functions: [proto] }), 18)).toThrow(/inner.*inlineFunctions/);
  });

  it("refuses to go further than it knows", () => {
    expect(() => upgradeOpset(simple("Relu", 7), 99)).toThrow(/22 at most/);
  });
});

const grid = floats(
  Array.from({ length: 8 }, (_, i) => Math.sin(i)),
  [1, 2, 2, 2],
);
const past18: readonly (readonly [string, ModelProto, number])[] = [
  [
    "GridSample bilinear",
    modelProto({ nodes: [nodeProto("GridSample", ["x", "g"], ["y"])], inputs: [image], outputs: [output], initializers: [tensorProto("g", grid)], opset: 17 }),
    20,
  ],
  [
    "GridSample bicubic",
    modelProto({
      nodes: [nodeProto("GridSample", ["x", "g"], ["y"], { mode: "bicubic" })],
      inputs: [image],
      outputs: [output],
      initializers: [tensorProto("g", grid)],
      opset: 18,
    }),
    22,
  ],
  [
    "DFT",
    modelProto({
      nodes: [nodeProto("Unsqueeze", ["x", "four"], ["u"]), nodeProto("DFT", ["u"], ["y"], { axis: 2 })],
      inputs: [image],
      outputs: [output],
      initializers: [tensorProto("four", longs([4]))],
      opset: 17,
    }),
    20,
  ],
  [
    "DFT along the default axis",
    modelProto({
      nodes: [nodeProto("Unsqueeze", ["x", "four"], ["u"]), nodeProto("DFT", ["u"], ["y"])],
      inputs: [image],
      outputs: [output],
      initializers: [tensorProto("four", longs([4]))],
      opset: 18,
    }),
    21,
  ],
  [
    "GroupNormalization",
    modelProto({
      nodes: [nodeProto("GroupNormalization", ["x", "s", "b"], ["y"], { num_groups: 2, epsilon: float(0.01) })],
      inputs: [image],
      outputs: [output],
      initializers: [tensorProto("s", floats([1, 2])), tensorProto("b", floats([3, 4]))],
      opset: 18,
    }),
    21,
  ],
];

describe("upgradeOpset past 18", () => {
  it.each(past18)("%s", async (_, model, minimum) => {
    const upgraded = upgradeOpset(model, minimum);
    expect(upgraded.opsetImport[0]?.version).toBe(BigInt(minimum));
    const x = new Tensor(
      "float32",
      Float32Array.from({ length: 36 }, (__, i) => Math.sin(i)),
      [1, 4, 3, 3],
    );
    expectEqual((await runModel(upgraded, { x }))["y"], (await runModel(model, { x }))["y"]);
  });
});
