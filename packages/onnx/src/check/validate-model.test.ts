import { create } from "@bufbuild/protobuf";
import { isXDeepError } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { type GraphProto, GraphProtoSchema, type ModelProto, type NodeProto, OperatorSetIdProtoSchema, SparseTensorProtoSchema } from "../gen/onnx_pb.ts";
import { operatorSchemas } from "../gen/operator-schemas.ts";
import { type ModelLimits, resolveLimits } from "../files/limits.ts";
import { type ModelParts, modelProto } from "../files/model-proto.ts";
import { float, nodeProto } from "../graphs/node.ts";
import { opVersions } from "../op-versions.ts";
import { tensorProto } from "../files/tensor-data.ts";
import { valueInfoProto } from "../graphs/value-info.ts";
import { withFields } from "../graphs/with-fields.ts";
import { validateModel } from "./validate-model.ts";

const int64 = (values: readonly number[], dims: readonly number[] = [values.length]): ReturnType<typeof tensorProto> =>
  tensorProto("", { type: "int64", dims, data: BigInt64Array.from(values, BigInt) });
const floats = (name: string, values: readonly number[]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "float32", dims: [values.length], data: Float32Array.from(values) });

/** x → nodes → y. */
function model(nodes: readonly NodeProto[], parts: Partial<ModelParts> = {}): ModelProto {
  return modelProto({ nodes, inputs: [valueInfoProto("x", "float32", ["N", 4])], outputs: [valueInfoProto("y", "float32", null)], ...parts });
}

function withGraph(of: ModelProto, changes: Partial<GraphProto>): ModelProto {
  return withFields(of, { graph: withFields(of.graph as GraphProto, changes) });
}

function failure(of: ModelProto, limits: Partial<ModelLimits> = {}): string {
  try {
    validateModel(of, resolveLimits(limits));
  } catch (error) {
    if (isXDeepError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

const branch = (...nodes: readonly NodeProto[]): GraphProto =>
  create(GraphProtoSchema, { name: "g", node: [...nodes], output: [valueInfoProto("b", "float32", null)] });
const relu = nodeProto("Relu", ["x"], ["y"]);

describe("the limit of nodes", () => {
  const many = Array<string>(1000).fill("x");
  const constants = Array.from({ length: 9 }, (_, i) => floats(`w${i}`, [1]));

  it("counts nodes of many inputs more than once, those of functions too: each is a term of a gradient", () => {
    expect(failure(model([nodeProto("Sum", many, ["y"])]), { nodes: 126 })).toBe("nothing was thrown");
    expect(failure(model([nodeProto("Sum", many, ["y"])]), { nodes: 125 })).toMatch(/126 nodes; at most 125 .*limits\.nodes/);
  });

  it("holds for weights, too, those of subgraphs included", () => {
    expect(failure(model([relu], { initializers: constants }), { nodes: 2 })).toMatch(/9 weights, more than 4 a node.*limits\.nodes/);
    const inner = withFields(branch(nodeProto("Relu", ["x"], ["b"])), { initializer: constants });
    const chosen = model([nodeProto("If", ["c"], ["y"], { then_branch: inner, else_branch: branch(nodeProto("Neg", ["x"], ["b"])) })], {
      inputs: [valueInfoProto("x", "float32", [4]), valueInfoProto("c", "bool", [])],
    });
    expect(failure(chosen, { nodes: 3 })).toBe("nothing was thrown");
    expect(failure(withGraph(chosen, { initializer: constants }), { nodes: 3 })).toMatch(/18 weights.*limits\.nodes/);
  });
});

describe("a sound model", () => {
  it("is returned as it is", () => {
    const sound = model([nodeProto("Relu", ["x"], ["h"]), nodeProto("Relu", ["h"], ["y"])]);
    expect(validateModel(sound).graph).toBe(sound.graph);
  });

  it("has its nodes put in order, those of subgraphs too, and else left where they are", () => {
    const inner = branch(nodeProto("Relu", ["a"], ["b"]), nodeProto("Relu", ["h"], ["a"]));
    const unsorted = model(
      [nodeProto("If", ["c"], ["y"], { then_branch: inner, else_branch: inner }), nodeProto("Neg", ["x"], ["z"]), nodeProto("Relu", ["x"], ["h"])],
      { inputs: [valueInfoProto("x", "float32", [4]), valueInfoProto("c", "bool", [])] },
    );
    const { graph } = validateModel(unsorted);
    expect(graph?.node.map(({ opType }) => opType)).toEqual(["Relu", "If", "Neg"]);
    expect(graph?.node[1]?.attribute[0]?.g?.node.map(({ output }) => output[0])).toEqual(["a", "b"]);
  });

  it("may use names of the outer graph again inside", () => {
    const shadowing = branch(nodeProto("Relu", ["x"], ["y"]), nodeProto("Relu", ["y"], ["b"]));
    expect(
      failure(
        model([nodeProto("If", ["c"], ["y"], { then_branch: shadowing, else_branch: shadowing })], {
          inputs: [valueInfoProto("x", "float32", [4]), valueInfoProto("c", "bool", [])],
        }),
      ),
    ).toBe("nothing was thrown");
  });

  it("may have attributes without a type, as files of the first version have", () => {
    const node = nodeProto("Softmax", ["x"], ["y"], { axis: 1 });
    for (const attribute of node.attribute) attribute.type = 0;
    expect(failure(model([node]))).toBe("nothing was thrown");
  });

  it("may leave the region of Resize out at opset 11, as PyTorch does", () => {
    const node = nodeProto("Resize", ["x", "", "s"], ["y"]);
    expect(failure(model([node], { opset: 11, initializers: [floats("s", [1, 2])] }))).toBe("nothing was thrown");
  });
});

describe("a circle", () => {
  it.each<[string, readonly NodeProto[]]>([
    ["of one node", [nodeProto("Unsqueeze", ["y", "x"], ["y"])]],
    ["of two", [nodeProto("Relu", ["b"], ["a"]), nodeProto("Relu", ["a"], ["b"]), nodeProto("Add", ["x", "b"], ["y"])]],
    [
      "through what a branch reads from outside",
      [nodeProto("If", ["x"], ["y"], { then_branch: branch(nodeProto("Relu", ["y"], ["b"])), else_branch: branch(nodeProto("Relu", ["x"], ["b"])) })],
    ],
    [
      "inside a branch",
      [nodeProto("If", ["x"], ["y"], { then_branch: branch(nodeProto("Relu", ["b"], ["b"])), else_branch: branch(nodeProto("Relu", ["x"], ["b"])) })],
    ],
  ])("%s is refused", (_, nodes) => {
    expect(failure(model(nodes))).toMatch(/^MODEL_INVALID: .*in a circle/);
  });

  it("of 20,000 nodes is found at once", () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) => nodeProto("Relu", [`v${(i + 1) % 20_000}`], [`v${i}`]));
    const started = performance.now();
    expect(failure(model([...nodes, relu]), { nodes: 50_000 })).toMatch(/circle/);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

describe("a damaged graph", () => {
  it.each<[string, RegExp, ModelProto]>([
    ["reads what nothing makes", /reads "nowhere"/, model([nodeProto("Relu", ["nowhere"], ["y"])])],
    ["has an output that nothing makes", /output "y" is made by no node/, model([nodeProto("Relu", ["x"], ["z"])])],
    ["makes a value twice", /makes "y", which is made already/, model([relu, relu].map((node) => withFields(node, {})))],
    ["makes its own input", /makes "x", which is made already/, model([nodeProto("Constant", [], ["x"], { value_int: 1 }), relu])],
    ["has an initializer twice", /initializer "w" twice/, model([relu], { initializers: [floats("w", [1]), floats("w", [2])] })],
    ["has an output twice", /output "y" twice/, model([relu], { outputs: [valueInfoProto("y", "float32", null), valueInfoProto("y", "float32", null)] })],
    [
      "has an input without a name",
      /An input has no name/,
      model([relu], { inputs: [valueInfoProto("x", "float32", [1]), valueInfoProto("", "float32", [1])] }),
    ],
    ["has a dim beyond what numbers hold", /\[9223372036854775807\]/, withGraph(model([relu]), { input: [hugeInput()] })],
    ["has an initializer of negative size", /dims \[-4\]/, model([relu], { initializers: [withFields(floats("w", [1]), { dims: [-4n] })] })],
    ["has an initializer of other bytes", /which take 8 bytes, but holds 4/, model([relu], { initializers: [withFields(floats("w", [1]), { dims: [2n] })] })],
    ["imports version 0 of its operators", /version 0/, withFields(model([relu]), { opsetImport: [create(OperatorSetIdProtoSchema, { version: 0n })] })],
  ])("that %s is refused", (_, message, damaged) => {
    expect(failure(damaged)).toMatch(/^MODEL_INVALID/);
    expect(failure(damaged)).toMatch(message);
  });

  it.each(["constructor", "toString", "hasOwnProperty"])("may call a value %s, but not __proto__", (name) => {
    expect(failure(model([nodeProto("Relu", ["x"], [name]), nodeProto("Relu", [name], ["y"])]))).toBe("nothing was thrown");
    expect(failure(model([nodeProto("Relu", ["x"], ["__proto__"]), nodeProto("Relu", ["__proto__"], ["y"])]))).toMatch(/^MODEL_UNSUPPORTED: .*Rename it/);
  });
});

function hugeInput(): ReturnType<typeof valueInfoProto> {
  const input = valueInfoProto("x", "float32", [1]);
  const value = input.type?.value;
  if (value?.case === "tensorType") value.value.shape!.dim[0]!.value = { case: "dimValue", value: 2n ** 63n - 1n };
  return input;
}

describe("a damaged node", () => {
  it.each<[string, RegExp, NodeProto]>([
    ["a sum of nothing", /has 0 inputs, and takes at least 1/, nodeProto("Sum", [], ["y"])],
    ["a product of one", /has 1 inputs, and takes 2/, nodeProto("Mul", ["x"], ["y"])],
    ["an RNN without weights", /has 2 inputs, and takes 3 to 6/, nodeProto("RNN", ["x", "x"], ["y"])],
    ["a convolution whose weights are left out", /input 1 is left out/, nodeProto("Conv", ["x", "", "x"], ["y"])],
    ["a sum that leaves terms out", /input 1 is left out/, nodeProto("Sum", ["x", "", ""], ["y"])],
    ["two outputs of Relu", /has 2 outputs, and takes 1/, nodeProto("Relu", ["x"], ["y", "z"])],
    ["a Loop without body", /lacks the attribute "body"/, nodeProto("Loop", ["x", ""], ["y"])],
    ["an If without a branch", /lacks the attribute "else_branch"/, nodeProto("If", ["x"], ["y"], { then_branch: branch(relu) })],
    ["a Scan without body", /lacks the attribute "body"/, nodeProto("Scan", ["x"], ["y"], { num_scan_inputs: 1 })],
    ["a body of another form", /body has 0 inputs and 1 outputs, and must have 2 and 2/, nodeProto("Loop", ["x", ""], ["y"], { body: branch(relu) })],
    ["an operator of a later set", /uses operator set 18, and the operator came with 20/, nodeProto("Gelu", ["x"], ["y"])],
    ["a permutation of floats", /"perm" is of type FLOATS, and must be INTS/, nodeProto("Transpose", ["x"], ["y"], { perm: float([1, 0]) })],
    ["an axis that is a list", /"axis" is of type INTS, and must be INT/, nodeProto("Softmax", ["x"], ["y"], { axis: [1] })],
    ["a Constant of nothing", /has 0 values/, nodeProto("Constant", [], ["y"])],
    ["a Cast to nothing", /lacks the attribute "to"/, nodeProto("Cast", ["x"], ["y"])],
    ["a tensor of other dims", /holds 16/, nodeProto("ConstantOfShape", ["x"], ["y"], { value: withFields(int64([1, 2]), { dims: [1n] }) })],
  ])("%s is refused", (_, message, node) => {
    expect(failure(model([node]))).toMatch(/^MODEL_INVALID/);
    expect(failure(model([node]))).toMatch(message);
  });

  it("has an attribute twice", () => {
    const node = nodeProto("Softmax", ["x"], ["y"], { axis: 1 });
    expect(failure(model([withFields(node, { attribute: [...node.attribute, ...node.attribute] })]))).toMatch(/attribute "axis" twice/);
  });

  it("says that it has a tensor and has none", () => {
    const node = nodeProto("Constant", [], ["y"], { value: int64([1]) });
    delete node.attribute[0]!.t;
    expect(failure(model([node]))).toMatch(/attribute "value" holds nothing/);
  });
});

describe("a sparse tensor", () => {
  const sparse = (indices: readonly number[], form: { readonly dims?: readonly bigint[]; readonly of?: readonly number[] } = {}): ModelProto => {
    const values = floats(
      "w",
      Array.from({ length: form.of === undefined ? indices.length : (form.of[0] as number) }, () => 1),
    );
    const tensor = create(SparseTensorProtoSchema, { dims: [...(form.dims ?? [2n, 3n])], values, indices: int64(indices, form.of ?? [indices.length]) });
    return withGraph(model([nodeProto("Add", ["x", "w"], ["y"])]), { sparseInitializer: [tensor] });
  };

  it("with indices in order is sound, flat and as coordinates", () => {
    expect(failure(sparse([0, 3, 5]))).toBe("nothing was thrown");
    expect(failure(sparse([0, 0, 1, 2], { of: [2, 2] }))).toBe("nothing was thrown");
  });

  it.each<[string, RegExp, ModelProto]>([
    ["outside", /index 1 lies outside dims \[2, 3\]/, sparse([0, 6])],
    ["below 0", /index 0 lies outside/, sparse([-1, 3])],
    ["unsorted", /not in ascending order at 1/, sparse([3, 0])],
    ["twice", /not in ascending order at 1/, sparse([3, 3])],
    ["outside as coordinates", /index 1 lies outside/, sparse([0, 0, 0, 3], { of: [2, 2] })],
    ["of another rank", /must have \[count\] or \[count, 2\]/, sparse([0, 0, 0], { of: [1, 3] })],
    ["fewer than values", /has 2 values and 1 indices/, withFewerIndices()],
  ])("with indices %s is refused", (_, message, damaged) => {
    expect(failure(damaged)).toMatch(/^MODEL_INVALID/);
    expect(failure(damaged)).toMatch(message);
  });

  it("of strings is refused: there is no zero between them", () => {
    const whole = sparse([0, 3]);
    const values = tensorProto("w", { type: "string", dims: [2], data: ["a", "b"] });
    expect(failure(withGraph(whole, { sparseInitializer: [withFields(whole.graph!.sparseInitializer[0]!, { values })] }))).toMatch(/^MODEL_INVALID: .*strings/);
  });

  function withFewerIndices(): ModelProto {
    const whole = sparse([0, 3]);
    const [tensor] = whole.graph!.sparseInitializer;
    return withGraph(whole, { sparseInitializer: [withFields(tensor!, { indices: int64([0]) })] });
  }

  it("of impossible size is beyond a limit, which is named", () => {
    expect(failure(sparse([0], { dims: [2n ** 40n] }))).toMatch(/^MODEL_UNSUPPORTED: .*1099511627776 elements.*limits\.constantElements/);
    expect(failure(sparse([0], { dims: [100n] }), { constantElements: 99 })).toMatch(/limits\.constantElements/);
  });
});

describe("limits", () => {
  it("count nodes, those of subgraphs too", () => {
    const inner = branch(nodeProto("Relu", ["x"], ["b"]));
    const nested = model([nodeProto("If", ["x"], ["y"], { then_branch: inner, else_branch: inner })]);
    expect(failure(nested, { nodes: 3 })).toBe("nothing was thrown");
    expect(failure(nested, { nodes: 2 })).toMatch(/^MODEL_UNSUPPORTED: .*3 nodes.*limits\.nodes/);
  });

  it("count how deep subgraphs lie", () => {
    let graph = branch(nodeProto("Relu", ["x"], ["b"]));
    for (let depth = 1; depth < 40; depth += 1)
      graph = branch(nodeProto("If", ["x"], ["b"], { then_branch: graph, else_branch: branch(nodeProto("Relu", ["x"], ["b"])) }));
    const nested = model([nodeProto("If", ["x"], ["y"], { then_branch: graph, else_branch: branch(nodeProto("Relu", ["x"], ["b"])) })]);
    expect(failure(nested)).toMatch(/^MODEL_UNSUPPORTED: .*33 subgraphs.*limits\.depth/);
    expect(failure(nested, { depth: 40 })).toBe("nothing was thrown");
  });

  it("are positive numbers of known names", () => {
    expect(() => resolveLimits({ nodes: 0 })).toThrow(/limits\.nodes is a positive number, got 0/);
    expect(() => resolveLimits({ node: 3 } as never)).toThrow(/no option "node".*"nodes"/);
  });
});

it("the table of forms has the operators, and the versions, that the table of versions has", () => {
  expect(Object.keys(operatorSchemas)).toEqual(Object.keys(opVersions));
  for (const [op, forms] of Object.entries(operatorSchemas)) for (const [since] of forms) expect(opVersions[op], op).toContain(since);
});
