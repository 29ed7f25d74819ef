import { modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { typedGraph } from "../graph/typed-graph.ts";
import { prepareModel } from "../prepare/prepare-model.ts";
import { type Expression, call, constant, exp, log, power, product, reduction, scale, sum } from "./expression.ts";
import { type Pattern, findPattern } from "./find-pattern.ts";

const gelu = (x: Expression, argument: Expression): Expression => product(constant(0.5), x, sum(constant(1), call("tanh", argument)));

const PATTERNS: readonly Pattern[] = [
  { name: "silu", formula: (x) => product(x, power(sum(constant(1), exp(scale(x, -1))), -1)) },
  { name: "mish", formula: (x) => product(x, call("tanh", log(sum(constant(1), exp(x))))) },
  { name: "gelu", formula: (x) => gelu(x, scale(sum(x, scale(power(x, 3), 0.044715)), Math.sqrt(2 / Math.PI))) },
  { name: "gelu", formula: (x) => gelu(x, product(constant(Math.sqrt(2 / Math.PI)), x, sum(constant(1), scale(power(x, 2), 0.044715)))) },
];

/** Each line is an operator, what it reads and what it makes; "x" goes in, "y" comes out. */
const REGIONS: readonly (readonly [string, string])[] = [
  ["silu", "Sigmoid x -> s; Mul x s -> y"],
  ["silu", "Neg x -> n; Exp n -> e; Add e one -> d; Div x d -> y"],
  ["mish", "Softplus x -> s; Tanh s -> t; Mul x t -> y"],
  ["mish", "Exp x -> e; Add one e -> d; Log d -> s; Tanh s -> t; Mul t x -> y"],
  ["gelu", "Pow x three -> c; Mul c small -> k; Add x k -> a; Mul a root -> b; Tanh b -> t; Add one t -> u; Mul x half -> h; Mul h u -> y"],
  ["gelu", "Mul x x -> q; Mul q small -> k; Add one k -> l; Mul x l -> a; Mul root a -> b; Tanh b -> t; Add one t -> u; Mul x u -> h; Mul half h -> y"],
];

describe("a pattern given as a formula", () => {
  it.each(REGIONS)("%s is found in: %s", (pattern, lines) => {
    expect(findPattern(graphOf(lines), "y", PATTERNS)).toEqual({ pattern, argument: "x", axes: [] });
  });

  it("is not found where one factor is another value", () => {
    expect(findPattern(graphOf("Neg x -> n; Sigmoid n -> s; Mul x s -> y"), "y", PATTERNS)).toBeNull();
  });

  it("is found where a Reshape takes its sizes from elsewhere, as tf2onnx writes the softmax of JAX, and the batch goes by two names", () => {
    const nodes = [
      nodeProto("ReduceMax", ["x"], ["r"], { axes: [1], keepdims: 0 }),
      nodeProto("Max", ["lowest", "r"], ["m"]),
      nodeProto("Shape", ["other"], ["sizes"], { end: 1 }),
      nodeProto("Concat", ["sizes", "one"], ["column"], { axis: 0 }),
      nodeProto("Reshape", ["m", "column"], ["k"]),
      nodeProto("Expand", ["k", "column"], ["b"]),
      nodeProto("Sub", ["x", "b"], ["s"]),
      nodeProto("Exp", ["s"], ["e"]),
      nodeProto("ReduceSum", ["e", "one"], ["t"], { keepdims: 0 }),
      nodeProto("Reshape", ["t", "column"], ["d"]),
      nodeProto("Div", ["e", "d"], ["y"]),
    ];
    const model = modelProto({
      nodes,
      inputs: [valueInfoProto("x", "float32", ["N", 3]), valueInfoProto("other", "float32", ["M", 5])],
      outputs: [valueInfoProto("y", "float32", null)],
      initializers: [
        tensorProto("lowest", { type: "float32", dims: [], data: Float32Array.of(-Infinity) }),
        tensorProto("one", { type: "int64", dims: [1], data: BigInt64Array.of(1n) }),
      ],
      opset: 15,
    });
    const softmax = { name: "softmax", formula: (x: Expression, axes: readonly number[]) => product(exp(x), power(reduction("sum", axes, exp(x)), -1)) };
    expect(findPattern(typedGraph(prepareModel(model)), "y", [softmax])).toEqual({ pattern: "softmax", argument: "s", axes: [1] });
  });

  it("is not looked for without end in formulas that double at every node", () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `Exp v${i} -> e${i}; Add v${i} e${i} -> v${i + 1}`).join("; ");
    const start = performance.now();
    expect(findPattern(graphOf(`Identity x -> v0; ${doubling}; Identity v60 -> y`), "y", PATTERNS)).toBeNull();
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

function graphOf(lines: string): ReturnType<typeof typedGraph> {
  const nodes = lines.split("; ").map((line) => {
    const [op = "", ...names] = line.split(" ");
    const arrow = names.indexOf("->");
    return nodeProto(op, names.slice(0, arrow), names.slice(arrow + 1));
  });
  const constants = { one: 1, half: 0.5, three: 3, small: 0.044715, root: Math.sqrt(2 / Math.PI) };
  const model = modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", ["N", 3])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: Object.entries(constants).map(([name, value]) => tensorProto(name, { type: "float32", dims: [], data: Float32Array.of(value) })),
    opset: 18,
  });
  return typedGraph(prepareModel(model));
}
