import { createNoise } from "@xdeep/core/method";
import { type GraphProto, type ModelProto, type NodeProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { floats, total, twoRuns } from "./two-runs.ts";

const [STEPS, SIZE] = [3, 2];
const noise = createNoise(11).next(64);
const some = (from: number, ...dims: readonly number[]): ReturnType<typeof floats> =>
  floats(dims, noise.subarray(from, from + dims.reduce((a, b) => a * b, 1)));
const x = { x: some(0, STEPS, SIZE), h0: some(8, SIZE), v: some(12, SIZE) };
const reference = { x: some(20, STEPS, SIZE), h0: some(28, SIZE), v: some(32, SIZE) };

const info = (name: string, type: "bool" | "float32" | "int64" = "float32"): GraphProto["input"][number] =>
  valueInfoProto(name, type, type === "float32" ? null : []);
const scalar = (name: string, value: number): GraphProto["initializer"][number] =>
  tensorProto(name, { type: "int64", dims: [], data: BigInt64Array.of(BigInt(value)) });

function network(nodes: readonly NodeProto[]): ModelProto {
  return modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", [STEPS, SIZE]), valueInfoProto("h0", "float32", [SIZE]), valueInfoProto("v", "float32", [SIZE])],
    outputs: [info("y")],
    initializers: [
      scalar("steps", STEPS),
      ...[0, 1, 2].map((t) => scalar(`t${t}`, t)),
      tensorProto("w", { type: "float32", dims: [SIZE, SIZE], data: Float32Array.from(noise.subarray(40, 44)) }),
    ],
  });
}

/** One step: a product with weights, an activation, a product with what another layer makes of v outside, which differs between the runs. */
const step = (h: string, e: string, next: string, seen: string, tag = ""): readonly NodeProto[] => [
  nodeProto("MatMul", [h, "w"], [`a${tag}`]),
  nodeProto("Add", [`a${tag}`, e], [`b${tag}`]),
  nodeProto("Tanh", [`b${tag}`], [`c${tag}`]),
  nodeProto("Mul", [`c${tag}`, "gate"], [next]),
  nodeProto("Mul", [next, e], [`d${tag}`]),
  nodeProto("Relu", [`d${tag}`], [seen]),
];
const gate = nodeProto("Sigmoid", ["v"], ["gate"]);
const out = (last: string, all: string): readonly NodeProto[] => [
  nodeProto("ReduceSum", [all], ["s"], { keepdims: 0 }),
  nodeProto("Exp", [last], ["l"]),
  nodeProto("Mul", ["l", "s"], ["y"]),
];
const unrolled = network([
  gate,
  ...[0, 1, 2].flatMap((t) => [nodeProto("Gather", ["x", `t${t}`], [`e${t}`]), ...step(`h${t}`, `e${t}`, `h${t + 1}`, `r${t}`, String(t))]),
  nodeProto("Concat", ["r0", "r1", "r2"], ["all"], { axis: 0 }),
  ...out("h3", "all"),
]);
const loopBody = (nodes: readonly NodeProto[], condition = "go", states = ["h"], next = ["next"]): GraphProto =>
  graphProto({
    nodes: [nodeProto("Identity", [condition], ["on"]), ...nodes],
    inputs: [info("t", "int64"), info("go", "bool"), ...states.map((name) => info(name))],
    outputs: [info("on", "bool"), ...next.map((name) => info(name))],
  });
const loop = network([
  gate,
  nodeProto("Loop", ["steps", "", "h0"], ["last", "all"], {
    body: loopBody([nodeProto("Gather", ["x", "t"], ["e"]), ...step("h", "e", "next", "seen")], "go", ["h"], ["next", "seen"]),
  }),
  ...out("last", "all"),
]);
const scan = network([
  gate,
  nodeProto("Scan", ["h0", "x"], ["last", "all"], {
    body: graphProto({ nodes: step("h", "e", "next", "seen"), inputs: [info("h"), info("e")], outputs: [info("next"), info("seen")] }),
    num_scan_inputs: 1,
  }),
  ...out("last", "all"),
]);

describe("DeepLIFT of loops", () => {
  it.each([
    ["Loop", loop],
    ["Scan", scan],
  ])("is that of their steps one after the other: %s", (_, model) => {
    const [expected, found] = [unrolled, model].map((each) => twoRuns(each, x, reference)) as [ReturnType<typeof twoRuns>, ReturnType<typeof twoRuns>];
    for (const name of ["x", "h0", "v"]) {
      expect(expected.relevance[name]!.some((value) => Math.abs(value) > 1e-3)).toBe(true);
      expected.relevance[name]!.forEach((value, i) => expect(found.relevance[name]![i]).toBeCloseTo(value, 12));
    }
    expect(total(found)).toBeCloseTo(found.change, 12);
    expect(found.notes).toEqual([]);
  });

  it("that are linear is gradient × difference", () => {
    const model = network([
      nodeProto("Scan", ["h0", "x"], ["y", ""], {
        body: graphProto({
          nodes: [nodeProto("MatMul", ["h", "w"], ["a"]), nodeProto("Add", ["a", "e"], ["next"]), nodeProto("Identity", ["next"], ["seen"])],
          inputs: [info("h"), info("e")],
          outputs: [info("next"), info("seen")],
        }),
        num_scan_inputs: 1,
      }),
    ]);
    // y = ((h0 w + x0) w + x1) w + x2, so that an entry of the last row counts once, and those before by rows of w and w².
    const { relevance } = twoRuns(model, x, reference, [1, 0]);
    const w = (i: number): number => Math.fround(noise[40 + i]!);
    const slopes = [w(0) * w(0) + w(1) * w(2), w(2) * w(0) + w(3) * w(2), w(0), w(2), 1, 0];
    slopes.forEach((slope, i) => expect(relevance["x"]![i]).toBeCloseTo(slope * (x.x.data[i]! - reference.x.data[i]!), 12));
  });

  it("that have no state takes what their bodies read from outside", () => {
    const body = loopBody([nodeProto("Gather", ["x", "t"], ["e"]), nodeProto("Mul", ["e", "gate"], ["p"]), nodeProto("Tanh", ["p"], ["z"])], "go", [], ["z"]);
    const runs = twoRuns(network([gate, nodeProto("Loop", ["steps", ""], ["y"], { body })]), x, reference);
    expect(Math.abs(runs.change)).toBeGreaterThan(1e-3);
    expect(total(runs)).toBeCloseTo(runs.change, 12);
  });

  it("knows that what counts steps is the same in both runs", () => {
    const body = graphProto({
      nodes: [
        nodeProto("Identity", ["go"], ["on"]),
        nodeProto("Add", ["n", "t1"], ["m"]),
        nodeProto("Cast", ["n"], ["f"], { to: 1 }),
        nodeProto("Cast", ["n"], ["later"], { to: 9 }),
        nodeProto("If", ["later"], ["next"], {
          then_branch: graphProto({ nodes: [nodeProto("Mul", ["h", "f"], ["p"]), nodeProto("Sin", ["p"], ["yes"])], inputs: [], outputs: [info("yes")] }),
          else_branch: graphProto({ nodes: [nodeProto("Mul", ["h", "v"], ["no"])], inputs: [], outputs: [info("no")] }),
        }),
      ],
      inputs: [info("t", "int64"), info("go", "bool"), info("n", "int64"), info("h")],
      outputs: [info("on", "bool"), info("m", "int64"), info("next")],
    });
    const runs = twoRuns(network([nodeProto("Loop", ["steps", "", "t0", "h0"], ["", "y"], { body })]), x, reference);
    expect(runs.notes).toEqual([]);
    expect(Math.abs(runs.change)).toBeGreaterThan(1e-3);
    expect(total(runs)).toBeCloseTo(runs.change, 12);
  });

  it("is refused where the number of steps depends on the input", () => {
    const until = loopBody(
      [nodeProto("Mul", ["h", "h"], ["next"]), nodeProto("ReduceMax", ["next"], ["top"], { keepdims: 0 }), nodeProto("Cast", ["top"], ["more"], { to: 9 })],
      "more",
    );
    const sorted = { ...until, node: [...until.node.slice(1), until.node[0]!] } as GraphProto;
    const counted = [nodeProto("ReduceSum", ["x"], ["sum"], { keepdims: 0 }), nodeProto("Cast", ["sum"], ["n"], { to: 7 })];
    const plain = loopBody([nodeProto("Mul", ["h", "h"], ["next"])]);
    for (const nodes of [
      [nodeProto("Loop", ["steps", "", "h0"], ["y"], { body: sorted })],
      [...counted, nodeProto("Loop", ["n", "", "h0"], ["y"], { body: plain })],
    ])
      expect(() => twoRuns(network(nodes), {}, {}, undefined, ["h0", "x"])).toThrow(/how many steps it takes depends on what is explained/);
  });
});
