import type { Activation } from "@xdeep/core";
import { type ModelProto, type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { evaluate, value64 } from "@xdeep/reference";
import { describe, expect, it } from "vitest";
import { prepareModel } from "../prepare/prepare-model.ts";
import { typedGraph } from "../graph/typed-graph.ts";
import { finalActivation } from "./final-activation.ts";
import { scoredValue, withLogits } from "./score.ts";

type Attrs = Parameters<typeof nodeProto>[3];
type Nodes = readonly NodeProto[];

const CLASSES = 4;

/** node("Sub z m -> s"): an operator, what it reads and what it makes. */
function node(text: string, attributes: Attrs = {}): NodeProto {
  const [before = "", after = ""] = text.split(" -> ");
  const [op = "", ...inputs] = before.split(" ");
  return nodeProto(op, inputs, after.split(" "), attributes);
}

const stable = [node("ReduceMax z last -> m"), node("Sub z m -> s"), node("Exp s -> e")];

/** Networks whose output "y" is an activation of "z", as exporters write it. */
const FORMS: readonly (readonly [string, Activation, Nodes])[] = [
  ["Softmax", "softmax", [node("Softmax z -> y", { axis: 1 })]],
  [
    "TensorFlow by hand: maximum, difference, exp, sum, quotient",
    "softmax",
    [...stable, node("ReduceSum e last -> d", { noop_with_empty_axes: 1 }), node("Div e d -> y")],
  ],
  ["without the maximum", "softmax", [node("Exp z -> e"), node("ReduceSum e last -> d"), node("Div e d -> y")]],
  [
    "JAX: reductions that drop the axis, −∞ to begin with, Reshape and Expand",
    "softmax",
    [
      node("ReduceMax z last -> m", { keepdims: 0 }),
      node("Max lowest m -> m1"),
      node("Reshape m1 column -> m2"),
      node("Identity m2 -> m3"),
      node("Sub z m3 -> s"),
      node("Exp s -> e"),
      node("ReduceSum e last -> d", { keepdims: 0 }),
      node("Reshape d column -> d1"),
      node("Shape z -> dims"),
      node("Expand d1 dims -> d2"),
      node("Div e d2 -> y"),
    ],
  ],
  [
    "JAX: a logarithm of a softmax",
    "log-softmax",
    [...stable.slice(0, 2), node("Exp s -> e"), node("ReduceSum e last -> d"), node("Log d -> l"), node("Sub s l -> y")],
  ],
  ["the maximum added back", "log-softmax", [...stable, node("ReduceSum e last -> d"), node("Log d -> l"), node("Add m l -> n"), node("Sub z n -> y")]],
  ["ReduceLogSumExp", "log-softmax", [node("ReduceLogSumExp z last -> l"), node("Sub z l -> y")]],
  ["exp of z − log Σ exp z", "softmax", [node("ReduceLogSumExp z last -> l"), node("Sub z l -> n"), node("Exp n -> y")]],
  ["ReduceLogSum", "log-softmax", [node("Exp z -> e"), node("ReduceLogSum e last -> l"), node("Sub z l -> y")]],
  ["Log of Softmax", "log-softmax", [node("Softmax z -> p"), node("Log p -> y")]],
  ["Exp of LogSoftmax", "softmax", [node("LogSoftmax z -> p"), node("Exp p -> y")]],
  ["a reciprocal", "softmax", [...stable, node("ReduceSum e last -> d"), node("Reciprocal d -> r"), node("Mul e r -> y")]],
  [
    "the maximum of everything",
    "softmax",
    [node("ReduceMax z -> m"), node("Sub z m -> s"), node("Exp s -> e"), node("ReduceSum e last -> d"), node("Div e d -> y")],
  ],
  ["Softmax of z − max z", "softmax", [...stable.slice(0, 2), node("Softmax s -> y", { axis: -1 })]],
  ["exp computed twice", "softmax", [node("Exp z -> e"), node("Exp z -> f"), node("ReduceSum f last -> d"), node("Div e d -> y")]],
  [
    "casts between",
    "softmax",
    [...stable, node("Cast e -> wide", { to: 11 }), node("ReduceSum wide last -> d"), node("Div wide d -> q"), node("Cast q -> y", { to: 1 })],
  ],
  ["Unsqueeze and Squeeze", "softmax", [...stable, node("ReduceSum e last -> d", { keepdims: 0 }), node("Unsqueeze d last -> d1"), node("Div e d1 -> y")]],
  ["Sigmoid", "sigmoid", [node("Sigmoid z -> y")]],
  ["1 / (1 + exp(−z))", "sigmoid", [node("Neg z -> n"), node("Exp n -> e"), node("Add one e -> d"), node("Div one d -> y")]],
  ["reciprocal of 1 + exp(−z)", "sigmoid", [node("Mul z minus -> n"), node("Exp n -> e"), node("Add e one -> d"), node("Reciprocal d -> y")]],
  ["(1 + exp(0 − z))⁻¹", "sigmoid", [node("Sub zero z -> n"), node("Exp n -> e"), node("Add e one -> d"), node("Pow d minus -> y")]],
  ["exp(z) / (1 + exp(z))", "sigmoid", [node("Exp z -> e"), node("Add e one -> d"), node("Div e d -> y")]],
  ["½ (1 + tanh(z / 2))", "sigmoid", [node("Div z two -> h"), node("Tanh h -> t"), node("Add t one -> d"), node("Mul d half -> y")]],
  ["½ + ½ tanh(½ z)", "sigmoid", [node("Mul half z -> h"), node("Tanh h -> t"), node("Mul half t -> d"), node("Add half d -> y")]],
  ["exp(−softplus(−z))", "sigmoid", [node("Neg z -> n"), node("Softplus n -> l"), node("Neg l -> m"), node("Exp m -> y")]],
];

/** Networks that look like it, and are something else. */
const LOOK_ALIKES: readonly (readonly [string, Nodes])[] = [
  ["a sum over the other axis", [node("Exp z -> e"), node("ReduceSum e first -> d"), node("Div e d -> y")]],
  [
    "a maximum over the other axis",
    [node("ReduceMax z first -> m"), node("Sub z m -> s"), node("Exp s -> e"), node("ReduceSum e last -> d"), node("Div e d -> y")],
  ],
  ["a sum along rows that stands beside columns", [node("Exp z -> e"), node("ReduceSum e last -> d", { keepdims: 0 }), node("Div e d -> y")]],
  ["the same, reshaped to a row", [node("Exp z -> e"), node("ReduceSum e last -> d", { keepdims: 0 }), node("Reshape d row -> d1"), node("Div e d1 -> y")]],
  ["the sum of another exp", [node("Exp z -> e"), node("Neg z -> n"), node("Exp n -> f"), node("ReduceSum f last -> d"), node("Div e d -> y")]],
  ["something added to the sum", [node("Exp z -> e"), node("ReduceSum e last -> d"), node("Add d one -> d1"), node("Div e d1 -> y")]],
  ["a sum of squares", [node("Exp z -> e"), node("Mul e e -> f"), node("ReduceSum f last -> d"), node("Div e d -> y")]],
  ["a mean in place of the sum", [node("Exp z -> e"), node("ReduceMean e last -> d"), node("Div e d -> y")]],
  ["another constant", [node("Neg z -> n"), node("Exp n -> e"), node("Add two e -> d"), node("Div one d -> y")]],
  ["another numerator", [node("Neg z -> n"), node("Exp n -> e"), node("Add one e -> d"), node("Div two d -> y")]],
  ["tanh of z, not of its half", [node("Tanh z -> t"), node("Add t one -> d"), node("Mul d half -> y")]],
  ["no sign", [node("Exp z -> e"), node("Add one e -> d"), node("Div one d -> y")]],
  ["a constant that differs by entry", [node("Neg z -> n"), node("Exp n -> e"), node("Add vector e -> d"), node("Div one d -> y")]],
  ["the exp of another value", [node("Neg x -> n"), node("Exp n -> e"), node("Exp z -> f"), node("ReduceSum e last -> d"), node("Div f d -> y")]],
  ["hard sigmoid", [node("HardSigmoid z -> y")]],
  ["no activation", [node("Mul z two -> y")]],
  ["a slice of the probabilities", [node("Softmax z -> p"), node("Slice p zeros ones axis1 -> y")]],
];

describe("a final activation", () => {
  it.each(FORMS.flatMap((form) => [CLASSES, "N", null].map((rows) => [rows, ...form] as const)))(
    "is recognised, with %s rows: %s",
    (rows, _, activation, nodes) => {
      const graph = graphOf(nodes, rows);
      expect(finalActivation(graph, "y")).toEqual({ activation, argument: "z", layout: expect.anything() });
      expectHeld(graph.model, activation, "z");
    },
  );

  it.each(LOOK_ALIKES)("is not seen in what only looks like one: %s", (_, nodes) => {
    const graph = graphOf(nodes);
    const found = finalActivation(graph, "y");
    // A softmax over the other axis is one, of what it says.
    if (found !== null) expect(found.argument).toBe("z");
    if (found !== null) expectHeld(graph.model, found.activation, found.argument, 0);
    else expect(scoredValue(graph, "y", "logit")).toEqual({ value: "y", score: "logit" });
  });

  it("is looked for behind what only moves entries, and the logits are moved alike", () => {
    const graph = withLogits(
      graphOf([node("Softmax z -> p"), node("Reshape p cube -> q"), node("Transpose q -> r", { perm: [0, 2, 1] }), node("Cast r -> y", { to: 1 })]),
    );
    const { value } = scoredValue(graph, "y", "logit");
    const results = evaluate(graph.model, feeds(), { outputs: ["z", value] });
    expect(results[value]!.dims).toEqual([CLASSES, 2, 2]);
    const z = results["z"]!.data;
    expect(Array.from(results[value]!.data.slice(0, 4))).toEqual([z[0], z[2], z[1], z[3]]);
  });
});

/** z = x W for x [N, 3]: N is the number of classes, so that mixing up axes goes by dims unnoticed. */
function graphOf(nodes: Nodes, rows: number | string | null = CLASSES): ReturnType<typeof typedGraph> {
  const scalar = (name: string, value: number) => tensorProto(name, { type: "float32", dims: [], data: Float32Array.of(value) });
  const list = (name: string, ...values: number[]) => tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  const model = modelProto({
    nodes: [nodeProto("MatMul", ["x", "w"], ["z"]), ...nodes],
    inputs: [valueInfoProto("x", "float32", [rows, CLASSES])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [
      tensorProto("w", { type: "float32", dims: [CLASSES, CLASSES], data: Float32Array.from({ length: 16 }, (_, i) => Math.sin(i * 1.7 + 1)) }),
      tensorProto("vector", { type: "float32", dims: [CLASSES], data: Float32Array.of(1, 1, 1, 1.5) }),
      scalar("zero", 0),
      scalar("half", 0.5),
      scalar("one", 1),
      scalar("two", 2),
      scalar("minus", -1),
      scalar("lowest", -Infinity),
      list("first", 0),
      list("last", -1),
      list("column", -1, 1),
      list("row", 1, -1),
      list("cube", CLASSES, 2, 2),
      list("zeros", 0),
      list("ones", 1),
      list("axis1", 1),
    ],
    opset: 18,
  });
  return typedGraph(prepareModel(model));
}

function feeds(): Parameters<typeof evaluate>[1] {
  return {
    x: value64(
      "float32",
      [CLASSES, CLASSES],
      Float64Array.from({ length: 16 }, (_, i) => Math.cos(i * i)),
    ),
  };
}

/** The output must be the activation of the argument, in float64. */
function expectHeld(model: ModelProto, activation: Activation, argument: string, axis: 0 | 1 = 1): void {
  const results = evaluate(model, feeds(), { outputs: ["y", argument] });
  const z = results[argument]!.data;
  const expected = Array.from(z, (value, i) => {
    const line = Array.from({ length: CLASSES }, (_, k) => z[axis === 1 ? i - (i % CLASSES) + k : (i % CLASSES) + k * CLASSES]!);
    const share = Math.exp(value) / line.reduce((total, other) => total + Math.exp(other), 0);
    return activation === "softmax" ? share : activation === "log-softmax" ? Math.log(share) : 1 / (1 + Math.exp(-value));
  });
  results["y"]!.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
}
