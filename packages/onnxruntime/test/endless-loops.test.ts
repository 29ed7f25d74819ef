import { type Model, XDeepError, float32 } from "@xdeep/core";
import { type GraphProto, type ModelProto, type NodeProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { loadModel } from "../src/load-model.ts";
import type { LoadModelOptions } from "../src/options.ts";

const info = valueInfoProto;
const scalar = (name: string, value: number): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "int64", dims: [], data: BigInt64Array.of(BigInt(value)) });
const ints = (name: string, values: readonly number[]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
const factor = tensorProto("factor", float32([], [0.999]));

/** A body that scales its state: as many rounds as the data say. */
function scaling(state: string, ...inside: readonly NodeProto[]): GraphProto {
  return graphProto({
    nodes: [
      nodeProto("Identity", [`${state}go`], [`${state}on`]),
      ...inside,
      nodeProto("Mul", [inside.at(-1)?.output[0] ?? state, "factor"], [`${state}next`]),
    ],
    inputs: [info(`${state}t`, "int64", []), info(`${state}go`, "bool", []), info(state, "float32", null)],
    outputs: [info(`${state}on`, "bool", []), info(`${state}next`, "float32", null)],
    initializers: [],
    name: state,
  });
}

const loop = (state: string, from: string, to: string, ...inside: readonly NodeProto[]): NodeProto =>
  nodeProto("Loop", ["rounds", "", from], [to], { body: scaling(state, ...inside) }, { name: `loop ${to}` });

/** x [N, 2]; the second column holds the number of rounds of every loop. */
function model(nodes: readonly NodeProto[], parts: Partial<ModelProto> = {}): ModelProto {
  const counted = [
    nodeProto("Gather", ["x", "second"], ["column"], { axis: 1 }),
    nodeProto("ReduceMax", ["column"], ["most"], { keepdims: 0 }),
    nodeProto("Cast", ["most"], ["rounds"], { to: 7 }),
  ];
  const of = modelProto({
    nodes: [...counted, ...nodes],
    inputs: [info("x", "float32", ["N", 2])],
    outputs: [info("y", "float32", ["N", 2])],
    initializers: [factor, scalar("second", 1)],
  });
  return Object.assign(of, parts);
}

const branches = (node: NodeProto): NodeProto => {
  const branch = (nodes: readonly NodeProto[]): GraphProto =>
    graphProto({ nodes, inputs: [], outputs: [info("b", "float32", null)], initializers: [], name: "b" });
  return nodeProto("If", ["is"], ["y"], { then_branch: branch([node]), else_branch: branch([nodeProto("Neg", ["x"], ["b"])]) });
};
const isMany = [nodeProto("Cast", ["most"], ["is"], { to: 9 })];

/** Rounds that a network takes where its loops are told to take so many. */
const NETWORKS: readonly [string, ModelProto, (rounds: number) => number][] = [
  ["a loop", model([loop("s", "x", "y")]), (n) => n],
  ["a loop in a loop", model([loop("s", "x", "y", loop("u", "s", "inner"))]), (n) => n + n * n],
  ["two loops in a loop", model([loop("s", "x", "y", loop("u", "s", "inner"), loop("v", "inner", "further"))]), (n) => n + 2 * n * n],
  ["a loop in a branch", model([...isMany, branches(loop("s", "x", "b"))]), (n) => n],
  ["a loop in a branch in a loop", model([...isMany, loop("u", "x", "y", branches(loop("s", "u", "b")))]), (n) => n + n * n],
];

async function outcome(given: Model, rounds: number): Promise<readonly number[] | string> {
  try {
    const { gradients } = await given.vjp({ feeds: { x: float32([1, 2], [1, rounds]) }, target: 0 });
    return [...gradients["x"]!.data];
  } catch (error) {
    if (error instanceof XDeepError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe.each<[string, LoadModelOptions, typeof NETWORKS]>([
  ["onnxruntime-node", {}, NETWORKS],
  ["onnxruntime-web", { engine: "onnxruntime-web" }, NETWORKS.slice(0, 2)],
])("loops whose rounds the data decide, on %s", (_, engine, networks) => {
  it.each(networks)("%s takes as many as allowed, and not one more", async (_name, network, taken) => {
    const file = writeModel(network);
    await using most = await loadModel(file, { ...engine, limits: { loopRounds: taken(5) } });
    const slope = 0.999 ** taken(5);
    expect(await outcome(most, 5)).toEqual([expect.closeTo(slope, 5), expect.closeTo(0, 9)]);
    expect(await outcome(most, 6)).toMatch(/^MODEL_UNSUPPORTED: (A loop|Loop "[^"]+") asks for another round.*limits\.loopRounds/);
    expect(await outcome(most, 5)).toEqual([expect.closeTo(slope, 5), expect.closeTo(0, 9)]);
  });
});

describe("with the limits that hold by themselves", () => {
  const endless = 2e6;
  const widened = [nodeProto("Expand", ["s", "wide"], ["w"]), nodeProto("ReduceMax", ["w"], ["m"], { keepdims: 0 }), nodeProto("Mul", ["s", "m"], ["n"])];
  const doubled = nodeProto("Concat", ["s", "s"], ["d"], { axis: 0 });

  it.each<[string, ModelProto, string]>([
    ["of almost nothing", model([loop("s", "x", "y")]), "limits\\.(loopRounds|valueElements)"],
    ["inside each other", model([loop("s", "x", "y", loop("u", "s", "a", loop("v", "u", "b")))]), "limits\\.(loopRounds|valueElements)"],
    ["with large rounds", model([loop("s", "x", "y", ...widened)]), "at most \\d{1,2} are .*limits\\.valueElements"],
    ["whose state doubles", model([loop("s", "x", "z", doubled), nodeProto("Gather", ["z", "pair"], ["y"])]), "limits"],
  ])("an endless loop %s ends in an error, forward and with its gradient", async (_, network, limit) => {
    network.graph!.initializer.push(ints("wide", [2 ** 18, 1, 2]), ints("pair", [0]));
    await using loaded = await loadModel(writeModel(network));
    const started = performance.now();
    await expect(loaded.forward({ feeds: { x: float32([1, 2], [1, endless]) } })).rejects.toThrow(new RegExp(limit));
    expect(await outcome(loaded, endless)).toMatch(new RegExp(`^MODEL_UNSUPPORTED: .*${limit}`));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
