import { type FloatTensor, float32, isXDeepError } from "@xdeep/core";
import {
  type GraphProto,
  type ModelParts,
  type ModelProto,
  type NodeProto,
  graphProto,
  modelProto,
  nodeProto,
  tensorProto,
  valueInfoProto,
  withFields,
  writeModel,
} from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { loadModel } from "../src/load-model.ts";
import type { LoadModelOptions } from "../src/options.ts";

const ints = (name: string, values: readonly number[], dims: readonly number[] = [values.length]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "int64", dims, data: BigInt64Array.from(values, BigInt) });
const ones = (name: string, ...dims: readonly number[]): ReturnType<typeof tensorProto> =>
  tensorProto(name, float32(dims, new Float32Array(dims.reduce((size, dim) => size * dim, 1)).fill(1)));
const image = (...dims: readonly (number | string)[]): Pick<ModelParts, "inputs"> => ({ inputs: [valueInfoProto("x", "float32", dims)] });

function model(nodes: readonly NodeProto[], parts: Partial<ModelParts> = {}): ModelProto {
  return modelProto({ nodes, inputs: [valueInfoProto("x", "float32", ["N", 4])], outputs: [valueInfoProto("y", "float32", null)], ...parts });
}

/** n nodes, each reading what the one before it made. */
function chain(n: number, make: (from: string, to: string) => NodeProto): readonly NodeProto[] {
  return Array.from({ length: n }, (_, i) => make(i === 0 ? "x" : `v${i - 1}`, i === n - 1 ? "y" : `v${i}`));
}

/** How loading and the first gradient of a model end: the error's code and message, or the gradient. */
async function outcome(of: ModelProto, x: FloatTensor = float32([1, 4], [1, 2, 3, 4]), options: LoadModelOptions = {}): Promise<string | readonly number[]> {
  try {
    await using loaded = await loadModel(writeModel(of), options);
    const { gradients } = await loaded.vjp({ feeds: { x }, target: 0 });
    return [...(gradients["x"]?.data ?? [])];
  } catch (error) {
    if (isXDeepError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const branch = (...nodes: readonly NodeProto[]): GraphProto => graphProto({ nodes, inputs: [], outputs: [valueInfoProto("b", "float32", null)], name: "b" });

describe("a file that no engine should see", () => {
  it.each<[string, RegExp, ModelProto]>([
    ["reads its own output", /^MODEL_INVALID: .*circle/, model([nodeProto("Unsqueeze", ["y", "a"], ["y"])], { initializers: [ints("a", [0])] })],
    ["lacks the body of a loop", /^MODEL_INVALID: .*"body"/, model([nodeProto("Loop", ["", "", "x"], ["y"])])],
    ["permutes by no permutation", /^MODEL_INVALID: .*perm is \[0, 2\]/, model([nodeProto("Transpose", ["x"], ["y"], { perm: [0, 2] })])],
    [
      "dilates by nothing",
      /^MODEL_INVALID: .*dilations has 0 numbers/,
      model([nodeProto("Conv", ["x", "w"], ["y"], { dilations: [] })], { ...image("N", 1, 4, 4), initializers: [ones("w", 1, 1, 3, 3)] }),
    ],
    [
      "takes sizes from floats",
      /^(ENGINE_FAILED|MODEL_INVALID|MODEL_UNSUPPORTED): /,
      model([nodeProto("Col2Im", ["x", "w", "w"], ["y"])], { ...image("N", 4, 4), initializers: [tensorProto("w", float32([2], [0.25, 1.5]))] }),
    ],
    ["leaves terms of a sum out", /^MODEL_INVALID: .*input 1 is left out/, model([nodeProto("Sum", ["x", "", ""], ["y"])])],
    ["sums nothing", /^MODEL_INVALID: .*at least 1/, model([nodeProto("Sum", [], ["y"])])],
    ["has a recurrent layer without weights", /^MODEL_INVALID: .*takes 3 to 6/, model([nodeProto("RNN", ["x", "x"], ["y"])])],
    ["reshapes to a billion axes", /^MODEL_INVALID: .*2147483648 axes/, model([nodeProto("Reshape", ["x", "s"], ["y"])], hugeShape())],
    ["takes the determinant of what is no square", /^MODEL_(INVALID|UNSUPPORTED)/, model([nodeProto("Det", ["x"], ["y"])], image(2 ** 31 - 1, 2))],
    [
      "pools with a window of billions",
      /limits\.valueElements/,
      model([nodeProto("LpPool", ["x"], ["y"], { kernel_shape: [2 ** 31, 1], pads: [2 ** 31, 0, 0, 0] })], image(1, 1, 4, 4)),
    ],
    [
      "has an output called __proto__",
      /^MODEL_UNSUPPORTED: .*Rename/,
      model([nodeProto("Relu", ["x"], ["__proto__"])], { outputs: [valueInfoProto("__proto__", "float32", null)] }),
    ],
    ["has a batch of 0", /^MODEL_INVALID: .*batch of 0/, model([nodeProto("Relu", ["x"], ["y"])], image(0, 4))],
    ["has thousands of inputs to one node", /limits\.arity/, model([nodeProto("Concat", Array<string>(30_000).fill("x"), ["y"], { axis: 1 })])],
    ["is a chain without end", /limits\.nodes/, model(chain(20_000, (from, to) => nodeProto("Relu", [from], [to])))],
    [
      "convolves no column",
      /^MODEL_UNSUPPORTED: .*no element/,
      model([nodeProto("Conv", ["x", "w"], ["y"])], { ...image(1, 1, 7, 0), initializers: [ones("w", 1, 1, 3, 3)] }),
    ],
    [
      "averages over more than there is",
      /^MODEL_UNSUPPORTED: .*\[32, 3, 0\], no element/,
      model([nodeProto("AveragePool", ["x"], ["y"], { kernel_shape: [2] })], image(32, 3, 1)),
    ],
    [
      "normalizes nothing",
      /^MODEL_UNSUPPORTED: .*no element/,
      model([nodeProto("InstanceNormalization", ["x", "s", "s"], ["y"])], { ...image(1, 1, 4, 0), initializers: [ones("s", 1)] }),
    ],
    [
      "selects of nothing",
      /^MODEL_UNSUPPORTED: .*no element/,
      model([nodeProto("TopK", ["x", "k"], ["y", "i"])], { ...image(1, 0, 4), initializers: [ints("k", [1])] }),
    ],
  ])("that %s ends in an error with a code", async (_, expected, hostile) => {
    const started = performance.now();
    expect(await outcome(hostile)).toMatch(expected);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  function hugeShape(): Pick<ModelParts, "inputs"> {
    return { inputs: [valueInfoProto("x", "float32", [1, 4]), valueInfoProto("s", "int64", [2 ** 31])] };
  }
});

describe("sizes that double with every node", () => {
  it("are named anew before their expressions fill memory", async () => {
    const nodes = [
      nodeProto("Shape", ["x"], ["s0"]),
      ...Array.from({ length: 60 }, (_, i) => nodeProto("Mul", [`s${i}`, `s${i}`], [`s${i + 1}`])),
      nodeProto("Cast", ["s60"], ["f"], { to: 1 }),
      nodeProto("ReduceSum", ["f"], ["r"], { keepdims: 0 }),
      nodeProto("Mul", ["x", "r"], ["z"]),
      nodeProto("Sub", ["x", "z"], ["d"]),
      nodeProto("Add", ["d", "z"], ["y"]),
    ];
    const started = performance.now();
    await outcome(model(nodes, image("A", "B")));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe("sound models of unusual form", () => {
  it("of thousands of nodes have a gradient", async () => {
    const nodes = chain(1000, (from, to) => nodeProto("Relu", [from], [to]));
    expect(await outcome(model(nodes))).toEqual([1, 0, 0, 0]);
  });

  it("of branches within branches have a gradient, and names of some length", async () => {
    let graph = branch(nodeProto("Relu", ["x"], ["b"]));
    const other = (): GraphProto => branch(nodeProto("Neg", ["x"], ["b"]));
    for (let depth = 1; depth < 30; depth += 1) graph = branch(nodeProto("If", ["c"], ["b"], { then_branch: graph, else_branch: other() }));
    const nodes = [
      nodeProto("ReduceMax", ["x"], ["m"], { keepdims: 0 }),
      nodeProto("Cast", ["m"], ["c"], { to: 9 }),
      nodeProto("If", ["c"], ["y"], { then_branch: graph, else_branch: other() }),
    ];
    expect(await outcome(model(nodes))).toEqual([1, 0, 0, 0]);
  });

  it.each(["constructor", "toString", "hasOwnProperty", "then"])("with inputs, outputs and values called %s have a gradient", async (name) => {
    const named = model([nodeProto("Relu", [name], ["valueOf"]), nodeProto("Exp", ["valueOf"], ["toJSON"])], {
      inputs: [valueInfoProto(name, "float32", ["N", 2])],
      outputs: [valueInfoProto("toJSON", "float32", ["N", 2])],
    });
    await using loaded = await loadModel(writeModel(named));
    const { gradients } = await loaded.vjp({ feeds: { [name]: float32([1, 2], [1, -1]) }, target: 0, wrt: [name] });
    expect([...gradients[name]!.data]).toEqual([Math.fround(Math.E), 0].map((value) => expect.closeTo(value, 5) as number));
  });

  it.each(["", "com.microsoft", "ai.onnx.ml"])("with operators of domain %j that are called as what every object has are refused by a code", async (domain) => {
    for (const op of ["constructor", "toString", "__proto__"]) {
      expect(await outcome(model([nodeProto(op, ["x"], ["y"], {}, { domain })], { domains: { "com.microsoft": 1, "ai.onnx.ml": 3 } }))).toMatch(
        /^(?:MODEL|GRADIENT)_/,
      );
    }
  });

  it("with a fixed batch are filled up within a limit", async () => {
    const fixed = (rows: number): ModelProto =>
      model([nodeProto("Relu", ["x"], ["y"])], { ...image(rows, 4), outputs: [valueInfoProto("y", "float32", [rows, 4])] });
    expect(await outcome(fixed(1e8))).toMatch(/^BATCH_INVALID: The model runs 100000000 rows at a time/);
    expect(await outcome(fixed(100), undefined, { limits: { filledElements: 100 } })).toMatch(/^BATCH_INVALID/);
    expect(await outcome(fixed(100))).toEqual([1, 0, 0, 0]);
  });
});

describe("an input so small that a convolution inside has nothing left", () => {
  const conv = (from: string, to: string): NodeProto => nodeProto("Conv", [from, "w"], [to], { pads: [1, 1, 1, 1] });
  const shrinking = model([nodeProto("Slice", ["x", "from", "to", "axes"], ["h"]), conv("h", "c"), nodeProto("Flatten", ["c"], ["y"])], {
    ...image("N", 1, "H", "W"),
    initializers: [ones("w", 1, 1, 3, 3), ints("from", [5]), ints("to", [1000]), ints("axes", [3])],
  });

  it("is refused before the engine sees it, and a larger one is not", async () => {
    expect(await outcome(shrinking, float32([1, 1, 8, 5], new Float32Array(40).fill(1)))).toMatch(/^INPUT_SHAPE: "h" at Conv "c" has dims \[1, 1, 8, 0\]/);
    expect(await outcome(shrinking, float32([1, 1, 2, 6], new Float32Array(12).fill(1)))).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  });
});

it("a limit can be raised, and one that does not exist is refused", async () => {
  const nodes = chain(20, (from, to) => nodeProto("Relu", [from], [to]));
  expect(await outcome(model(nodes), undefined, { limits: { nodes: 10 } })).toMatch(/^MODEL_UNSUPPORTED: .*limits\.nodes/);
  expect(await outcome(model(nodes), undefined, { limits: { nodes: 20 } })).toEqual([1, 0, 0, 0]);
  expect(await outcome(model(nodes), undefined, { limits: { memory: 20 } as never })).toMatch(/^OPTION_INVALID: .*"memory"/);
});

it("an initializer that is made twice, as damaged files have it, is refused", async () => {
  const twice = model([nodeProto("Add", ["x", "w"], ["y"])], { initializers: [ones("w", 4)] });
  const graph = withFields(twice.graph!, { initializer: [ones("w", 4), ones("w", 4)] });
  expect(await outcome(withFields(twice, { graph }))).toMatch(/^MODEL_INVALID: .*initializer "w" twice/);
});
