import { describe, expect, it } from "vitest";

import { expectDerivative, seededFeeds } from "../../../test/check-model.ts";
import { expectClose } from "../../../test/compare.ts";
import { ENGINES } from "../../../test/engines.ts";
import { type GraphNode, type GraphWeight, convolutionAttributes, floatType, graphModel, placeholder } from "../../../test/graph-model.ts";
import { seeded } from "../../../test/seeded.ts";
import { loadModel } from "../../index.ts";

const weight = (name: string, shape: readonly number[], seed: number): GraphWeight => ({
  name,
  shape,
  values: seeded(
    seed,
    shape.reduce((a, b) => a * b, 1),
  ),
});

/** Fused convolution with ReLU6, max pooling, mean, fused product with bias, and a final activation. */
function classifier(activation: "Softmax" | "Sigmoid"): { readonly nodes: readonly GraphNode[]; readonly weights: readonly GraphWeight[] } {
  return {
    nodes: [
      placeholder("image", [-1, 8, 8, 3]),
      { name: "conv", op: "_FusedConv2D", input: ["image", "filter", "bias"], attr: convolutionAttributes(1, "SAME", ["BiasAdd", "Relu6"]) },
      {
        name: "pool",
        op: "MaxPool",
        input: ["conv"],
        attr: { ...convolutionAttributes(2, "VALID"), ksize: { list: { i: ["1", "2", "2", "1"] } } },
      },
      { name: "mean", op: "Mean", input: ["pool", "axes"], attr: { ...floatType, keep_dims: { b: false } } },
      { name: "logits", op: "MatMul", input: ["mean", "kernel"], attr: { ...floatType, transpose_a: { b: false }, transpose_b: { b: false } } },
      { name: "probabilities", op: activation, input: ["logits"], attr: floatType },
      { name: "Identity", op: "Identity", input: ["probabilities"], attr: floatType },
    ],
    weights: [
      weight("filter", [3, 3, 3, 4], 1),
      weight("bias", [4], 2),
      { name: "axes", shape: [2], values: [1, 2], dtype: "int32" },
      weight("kernel", [4, 5], 3),
    ],
  };
}

describe.each(ENGINES)("GraphModel on %s", (engine) => {
  it.each(["Softmax", "Sigmoid"] as const)("differentiates a classifier with %s", async (activation) => {
    const { nodes, weights } = classifier(activation);
    const model = await loadModel(await graphModel(nodes, weights), { engine });
    expect(model.inputs).toEqual([{ name: "image", type: "float32", dims: [null, 8, 8, 3], layout: "NHWC" }]);
    expect(model.outputs).toEqual([{ name: "Identity", type: "float32", dims: [null, 5], layout: null, activation: activation.toLowerCase() }]);
    await expectDerivative(model);
    await expectDerivative(model, { score: "probability", target: 2 });
  });

  it("explains the argument of the final activation by default", async () => {
    const { nodes, weights } = classifier("Softmax");
    const cut = nodes.filter(({ name }) => name !== "probabilities" && name !== "Identity");
    const [whole, bare] = [await loadModel(await graphModel(nodes, weights), { engine }), await loadModel(await graphModel(cut, weights), { engine })];
    const feeds = seededFeeds(whole, 2);
    const [a, b] = [await whole.vjp({ feeds, rule: "guided" }), await bare.vjp({ feeds, rule: "guided" })];
    expectClose(a.gradients["image"]!.data, b.gradients["image"]!.data, 1e-6);
    expectClose(a.scores, b.scores, 1e-6);
    expect(a).toMatchObject({ target: b.target, rectifiers: 1, score: "logit", output: "Identity" });
  });

  it("reads a sigmoid that is fused into its product", async () => {
    const fused: GraphNode = {
      name: "top",
      op: "_FusedMatMul",
      input: ["x", "kernel", "bias"],
      attr: {
        ...floatType,
        transpose_a: { b: false },
        transpose_b: { b: false },
        fused_ops: { list: { s: ["BiasAdd", "Sigmoid"].map((op) => Buffer.from(op).toString("base64")) } },
        num_args: { i: "1" },
      },
    };
    const model = await loadModel(await graphModel([placeholder("x", [-1, 3]), fused], [weight("kernel", [3, 2], 1), weight("bias", [2], 2)]), { engine });
    const { gradients } = await model.vjp({ feeds: seededFeeds(model, 1), target: 1 });
    const kernel = seeded(1, 6);
    expectClose(gradients["x"]!.data, [kernel[1]!, kernel[3]!, kernel[5]!], 1e-6);
  });
});

it("lists at load all operators without a gradient", async () => {
  const nodes: GraphNode[] = [
    placeholder("x", [-1, 4]),
    { name: "top", op: "TopKV2", input: ["x", "k"], attr: { ...floatType, sorted: { b: true } } },
    { name: "spectrum", op: "RFFT", input: ["top", "length"], attr: floatType },
    { name: "size", op: "ComplexAbs", input: ["spectrum"], attr: floatType },
  ];
  const weights: GraphWeight[] = [
    { name: "k", shape: [], values: [1], dtype: "int32" },
    { name: "length", shape: [1], values: [2], dtype: "int32" },
  ];
  await expect(loadModel(await graphModel(nodes, weights), { engine: "cpu" })).rejects.toMatchObject({
    code: "GRADIENT_MISSING",
    details: { kernels: ["Complex", "FFT", "Imag", "Real"] },
  });
});

it("refuses control flow, naming the nodes", async () => {
  const nodes: GraphNode[] = [
    placeholder("x", [-1, 4]),
    { name: "choice", op: "Switch", input: ["x", "flag"], attr: floatType },
    { name: "joined", op: "Merge", input: ["choice:0", "choice:1"], attr: floatType },
  ];
  await expect(loadModel(await graphModel(nodes, [{ name: "flag", shape: [], values: [1], dtype: "int32" }]), { engine: "cpu" })).rejects.toMatchObject({
    code: "MODEL_UNSUPPORTED",
    message: expect.stringContaining('Switch ("choice")'),
  });
});

describe("the loops of a graph", () => {
  const loop: GraphNode[] = [
    placeholder("x", [-1, 4]),
    { name: "scores", op: "Tanh", input: ["x"], attr: floatType },
    { name: "enter", op: "Enter", input: ["scores"], attr: floatType },
    { name: "merge", op: "Merge", input: ["enter", "next"], attr: floatType },
    { name: "switch", op: "Switch", input: ["merge", "flag"], attr: floatType },
    { name: "next", op: "NextIteration", input: ["switch:1"], attr: floatType },
    { name: "exit", op: "Exit", input: ["switch"], attr: floatType },
  ];
  const flag: GraphWeight = { name: "flag", shape: [], values: [1], dtype: "int32" };

  it("are looked through without running round in them, where they hold a choice of boxes", async () => {
    const kept: GraphNode = { name: "kept", op: "Where", input: ["exit"], attr: floatType };
    const model = await loadModel(await graphModel([...loop, kept], [flag]), { engine: "cpu" });
    expect(model.outputs.map(({ name }) => name)).toEqual(["scores"]);
  });

  it("are refused where they compute the outputs: what a recurrent layer begins with is no score", async () => {
    await expect(loadModel(await graphModel(loop, [flag]), { engine: "cpu" })).rejects.toMatchObject({
      code: "MODEL_UNSUPPORTED",
      message: expect.stringMatching(/Enter \("enter"\).*unroll=True/),
    });
  });
});

it("explains what non-maximum suppression reads, in place of outputs that depend on it", async () => {
  const nodes: GraphNode[] = [
    placeholder("x", [-1, 4]),
    { name: "product", op: "Mul", input: ["x", "x"], attr: floatType },
    { name: "scores", op: "Sigmoid", input: ["product"], attr: floatType },
    { name: "kept", op: "Where", input: ["scores"], attr: floatType },
  ];
  const model = await loadModel(await graphModel(nodes, []), { engine: "cpu" });
  expect(model.outputs).toEqual([{ name: "scores", type: "float32", dims: [null, 4], layout: null, activation: "sigmoid" }]);
  const { gradients } = await model.vjp({ feeds: seededFeeds(model, 1), target: 1 });
  expect([...gradients["x"]!.data].filter((value) => value !== 0)).toHaveLength(1);
});

describe("sizes that a file asks for", () => {
  const int = (name: string, values: readonly number[], shape: readonly number[] = [values.length]): GraphWeight => ({ name, shape, values, dtype: "int32" });
  const paddings = [0, 0, 0, 2 ** 30];

  it.each<[string, readonly GraphNode[], readonly GraphWeight[]]>([
    ["Fill", [{ name: "y", op: "Fill", input: ["c", "v"], attr: floatType }], [int("c", [50_000, 50_000]), weight("v", [], 1)]],
    ["Tile", [{ name: "y", op: "Tile", input: ["x", "c"], attr: floatType }], [int("c", [1, 2 ** 30])]],
    ["PadV2", [{ name: "y", op: "Pad", input: ["x", "c"], attr: floatType }], [int("c", paddings, [2, 2])]],
    [
      "Range",
      [{ name: "y", op: "Range", input: ["c", "d", "e"], attr: { Tidx: { type: "DT_INT32" } } }],
      [int("c", [0], []), int("d", [2 ** 31 - 1], []), int("e", [1], [])],
    ],
  ])("by %s are refused before memory is taken", async (kernel, nodes, weights) => {
    const joined: GraphNode[] = [placeholder("x", [-1, 4]), ...nodes, { name: "z", op: "AddV2", input: ["x", "s"], attr: floatType }];
    const sum: GraphNode = { name: "s", op: "Sum", input: ["y", "axes"], attr: { ...floatType, keep_dims: { b: false } } };
    const model = await graphModel([...joined.slice(0, 2), sum, joined[2]!], [...weights, int("axes", [0])]);
    await expect(loadModel(model, { engine: "cpu" })).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED", details: { kernel } });
  });

  it("by values that are joined with themselves again and again are refused", async () => {
    const doubled = Array.from({ length: 40 }, (_, i): GraphNode => {
      const before = i === 0 ? "x" : `d${i - 1}`;
      return { name: `d${i}`, op: "ConcatV2", input: [before, before, "axis"], attr: { ...floatType, N: { i: "2" } } };
    });
    const sum: GraphNode = { name: "y", op: "Sum", input: ["d39", "axes"], attr: { ...floatType, keep_dims: { b: true } } };
    const model = await graphModel([placeholder("x", [-1, 4]), ...doubled, sum], [int("axis", [1], []), int("axes", [1])]);
    await expect(loadModel(model, { engine: "cpu" })).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED", details: { kernel: "Concat" } });
  });

  it.each([
    [[-1, 2 ** 30], "MODEL_UNSUPPORTED"],
    [[10 ** 8, 4], "MODEL_UNSUPPORTED"],
    [[-1, 2 ** 60], "MODEL_INVALID"],
  ])("by an input of dims %j are refused", async (dims, code) => {
    const model = await graphModel([placeholder("x", dims), { name: "y", op: "Relu", input: ["x"], attr: floatType }], []);
    await expect(loadModel(model, { engine: "cpu" })).rejects.toMatchObject({ code });
  });
});
