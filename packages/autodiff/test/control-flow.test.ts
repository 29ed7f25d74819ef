import { describe, expect, it } from "vitest";
import { type DataType, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
  graphProto,
  modelProto,
  nodeProto,
  tensorProto,
  valueInfoProto,
} from "@xdeep/onnx";
import { type Value64, checkVjp, evaluate, value64 } from "@xdeep/reference";
import { differentiate } from "../src/differentiate.ts";

function graph(inputs: readonly ValueInfoProto[], nodes: readonly NodeProto[], outputs: readonly ValueInfoProto[]): GraphProto {
  return graphProto({ nodes, inputs, outputs });
}

function info(name: string, type: DataType = "float32"): ValueInfoProto {
  return valueInfoProto(name, type, null);
}

function noise(seed: number, dims: readonly number[]): Value64 {
  return value64("float32", dims, Float64Array.from(createNoise(seed).next(sizeOf(dims)), Math.fround));
}

function model(
  nodes: readonly NodeProto[],
  inputs: Readonly<Record<string, readonly number[]>>,
  constants: Readonly<Record<string, Value64>> = {},
): ModelProto {
  return modelProto({
    nodes,
    inputs: Object.entries(inputs).map(([name, dims]) => valueInfoProto(name, "float32", dims)),
    outputs: [info("y")],
    initializers: Object.entries(constants).map(([name, value]) =>
      tensorProto(name, { type: "float32", dims: value.dims, data: Float32Array.from(value.data) }),
    ),
    domains: { custom: 1 },
  });
}

/** Checks the derivative of a gradient against differences of that gradient. */
function checkSecondOrder(of: ModelProto, feeds: Readonly<Record<string, Value64>>): void {
  const first = differentiate(of);
  const names = Object.keys(feeds);
  const gradient = first.gradients[names[0] as string] as string;
  const dims = evaluate(of, feeds)["y"]!.dims;
  const all = { ...feeds, [first.cotangent]: noise(9, dims) };
  const second = differentiate(first.model, { of: gradient, wrt: names });
  checkVjp({
    name: "gradient of a gradient",
    inputs: names.map((name) => feeds[name]!),
    forward: (values) => [
      evaluate(first.model, { ...all, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) }, { outputs: [gradient] })[gradient]!,
    ],
    vjp: (values, [cotangent]) => {
      const results = evaluate(second.model, { ...all, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])), [second.cotangent]: cotangent! });
      return names.map((name) => results[second.gradients[name]!]!);
    },
    tolerance: 1e-6,
  });
}

const step = graph(
  [info("h"), info("x")],
  [nodeProto("Mul", ["h", "w"], ["a"]), nodeProto("Add", ["a", "x"], ["b"]), nodeProto("Tanh", ["b"], ["c"]), nodeProto("Mul", ["c", "x"], ["d"])],
  [info("c"), info("d")],
);

describe("second derivatives", () => {
  it("of Scan", () => {
    checkSecondOrder(model([nodeProto("Scan", ["h0", "s"], ["", "y"], { body: step, num_scan_inputs: 1 })], { s: [3, 2], h0: [2], w: [2] }), {
      s: noise(1, [3, 2]),
      h0: noise(2, [2]),
      w: noise(3, [2]),
    });
  });

  it("of Loop", () => {
    const body = graphProto({
      inputs: [valueInfoProto("t", "int64", []), valueInfoProto("go", "bool", []), info("h")],
      nodes: [nodeProto("Identity", ["go"], ["on"]), nodeProto("Mul", ["h", "w"], ["a"]), nodeProto("Sin", ["a"], ["next"])],
      outputs: [valueInfoProto("on", "bool", []), info("next")],
    });
    const count = nodeProto("Constant", [], ["count"], { value: tensorProto("", { type: "int64", dims: [], data: BigInt64Array.of(3n) }) });
    checkSecondOrder(model([count, nodeProto("Loop", ["count", "", "h0"], ["y"], { body })], { h0: [2], w: [2] }), { h0: noise(2, [2]), w: noise(3, [2]) });
  });

  it("of If", () => {
    const condition = [nodeProto("ReduceSum", ["x"], ["sum"], { keepdims: 0 }), nodeProto("Less", ["sum", "limit"], ["c"])];
    const branches = {
      then_branch: graph([], [nodeProto("Exp", ["x"], ["yes"])], [info("yes")]),
      else_branch: graph([], [nodeProto("Sin", ["x"], ["no"])], [info("no")]),
    };
    for (const limit of [-100, 100])
      checkSecondOrder(model([...condition, nodeProto("If", ["c"], ["y"], branches)], { x: [3] }, { limit: value64("float32", [], [limit]) }), {
        x: noise(4, [3]),
      });
  });

  it("of LSTM", () => {
    const weights = { w: noise(5, [1, 8, 3]), r: noise(6, [1, 8, 2]) };
    checkSecondOrder(model([nodeProto("LSTM", ["s", "w", "r"], ["y"], { hidden_size: 2 })], { s: [3, 1, 3] }, weights), { s: noise(7, [3, 1, 3]) });
  });
});

describe("inside subgraphs", () => {
  const rectifier = {
    then_branch: graph([], [nodeProto("Relu", ["x"], ["yes"])], [info("yes")]),
    else_branch: graph([], [nodeProto("Clip", ["x", "zero", "six"], ["no"])], [info("no")]),
  };
  const inside = (limit: number): ModelProto =>
    model(
      [nodeProto("Less", ["zero", "limit"], ["c"]), nodeProto("If", ["c2"], ["y"], rectifier), nodeProto("Identity", ["c"], ["c2"])],
      { x: [4] },
      { zero: value64("float32", [], [0]), six: value64("float32", [], [6]), limit: value64("float32", [], [limit]) },
    );

  it("what the branches of an If give to x̄ is declared without axes: those of a branch that is not taken may be others, and engines refuse what contradicts them", () => {
    const open = [nodeProto("ReduceSum", ["x"], ["sum"], { keepdims: 0 }), nodeProto("Less", ["sum", "zero"], ["c"])];
    const constants = { zero: value64("float32", [], [0]), six: value64("float32", [], [6]) };
    const { graph: written } = differentiate(model([...open, nodeProto("If", ["c"], ["y"], rectifier)], { x: [4] }, constants)).model;
    const branches = written!.node
      .filter(({ opType, output: [name] }) => opType === "If" && name !== "y")
      .flatMap(({ attribute }) => attribute.flatMap(({ g }) => (g === undefined ? [] : [g])));
    expect(branches.length).toBe(2);
    for (const { output } of branches) expect(output.map(({ type }) => (type!.value.value as { readonly shape?: unknown }).shape)).toEqual([undefined]);
  });

  it.each([1, -1])("rectifiers follow the rule (limit %i)", (limit) => {
    const guided = differentiate(inside(limit), { rule: "guided" });
    const results = evaluate(guided.model, { x: value64("float32", [4], [1, -1, 2, 3]), [guided.cotangent]: value64("float32", [4], [5, 5, -5, 7]) });
    expect([...results[guided.gradients["x"]!]!.data]).toEqual([5, 0, 0, 7]);
  });

  it("states that no gradient passes need no rules", () => {
    const body = graph(
      [info("n"), info("x")],
      [nodeProto("Mystery", ["n"], ["m"], {}, { domain: "custom" }), nodeProto("Mul", ["x", "x"], ["z"])],
      [info("m"), info("z")],
    );
    expect(() =>
      differentiate(
        model([nodeProto("Scan", ["start", "x"], ["last", "y"], { body, num_scan_inputs: 1 })], { x: [3, 2] }, { start: value64("float32", [], [1]) }),
      ),
    ).not.toThrow();
  });
});

describe("refusals", () => {
  const loop = (nodes: readonly NodeProto[], next: string): ModelProto =>
    model(
      [
        nodeProto(
          "Loop",
          ["", "", "x"],
          ["y"],
          {
            body: graph(
              [info("t", "int64"), info("go", "bool"), info("h")],
              [nodeProto("Identity", ["go"], ["on"]), ...nodes],
              [info("on", "bool"), info(next)],
            ),
          },
          { name: "loop" },
        ),
      ],
      { x: [2, 2] },
    );

  it("of a state that changes its number of axes", () => {
    expect(() => differentiate(loop([nodeProto("ReduceSum", ["h"], ["s"], { keepdims: 0 })], "s"))).toThrow(
      /"loop".*state 0 begins with dims \[2, 2\], and its number of axes changes/,
    );
  });

  it("of Dropout in training", () => {
    const training = nodeProto("Constant", [], ["training"], { value: tensorProto("", { type: "bool", dims: [], data: Uint8Array.of(1) }) });
    expect(() => differentiate(model([training, nodeProto("Dropout", ["x", "", "training"], ["y"], {}, { name: "drop" })], { x: [2] }))).toThrow(
      /"drop".*training/,
    );
  });
});
