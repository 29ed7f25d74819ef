import type { DataType } from "@xdeep/core";
import { type GraphProto, graphProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import type { InputSpec, RuleSpec } from "../../../test/rule-spec.ts";

const TYPES: Readonly<Record<string, DataType>> = { t: "int64", c: "bool", d: "bool", n: "int64", m: "int64" };

function body(states: readonly string[], nodes: GraphProto["node"], outputs: readonly string[]): GraphProto {
  const info = (name: string): GraphProto["input"][number] => valueInfoProto(name, TYPES[name] ?? "float32", name in TYPES ? [] : null);
  return graphProto({
    nodes,
    inputs: ["t", "c", ...states].map(info),
    outputs: outputs.map(info),
    initializers: [
      tensorProto("one", { type: "int64", dims: [], data: BigInt64Array.of(1n) }),
      tensorProto("first", { type: "int64", dims: [1], data: BigInt64Array.of(1n) }),
      tensorProto("most", { type: "float32", dims: [], data: Float32Array.of(3) }),
    ],
  });
}

const keep = nodeProto("Identity", ["c"], ["d"]);
const trips: InputSpec = { dims: [], type: "int64", values: [3] };
const yes: InputSpec = { dims: [], type: "bool", values: [1], constant: true };
const state: InputSpec = { dims: [2] };
// Small, so that tanh does not saturate: its derivative 1 − y² would lose its digits in float32.
const weights: InputSpec = { dims: [2], outer: true, domain: [-1, 1] };
const sequence: InputSpec = { dims: [3, 2], outer: true, domain: [-1, 1] };

const recurrent = body(
  ["h"],
  [
    keep,
    nodeProto("Gather", ["input4", "t"], ["x"]),
    nodeProto("Mul", ["h", "input3"], ["a"]),
    nodeProto("Add", ["a", "x"], ["b"]),
    nodeProto("Tanh", ["b"], ["next"]),
    nodeProto("Mul", ["next", "x"], ["y"]),
  ],
  ["d", "next", "y"],
);
const power = body(["h"], [keep, nodeProto("Mul", ["h", "input3"], ["next"])], ["d", "next"]);
const growing = body(
  ["h"],
  [nodeProto("Mul", ["h", "h"], ["next"]), nodeProto("ReduceMax", ["next"], ["top"], { keepdims: 0 }), nodeProto("Less", ["top", "most"], ["d"])],
  ["d", "next"],
);
const counted = body(
  ["n", "h"],
  [
    keep,
    nodeProto("Add", ["n", "one"], ["m"]),
    nodeProto("Cast", ["n"], ["f"], { to: 1 }),
    nodeProto("Mul", ["h", "f"], ["next"]),
    nodeProto("Sin", ["next"], ["y"]),
  ],
  ["d", "m", "next", "y"],
);
/** A recurrent layer of [1, 2] weights over the state [3, 1, 2], in every step. */
const layered = (op: string): GraphProto =>
  body(["h"], [keep, nodeProto(op, ["h", "input3", "input4"], ["all"], { hidden_size: 2 }), nodeProto("Squeeze", ["all", "first"], ["next"])], ["d", "next"]);
const stateless = body([], [keep, nodeProto("Gather", ["input2", "t"], ["x"]), nodeProto("Mul", ["x", "x"], ["y"])], ["d", "y"]);

const loop = (name: string, graph: GraphProto, inputs: RuleSpec["inputs"], outputs: number, more: Partial<RuleSpec> = {}): RuleSpec => ({
  name,
  op: "Loop",
  inputs,
  outputs,
  attributes: { body: graph },
  ...more,
});

export const rows: readonly RuleSpec[] = [
  loop("a state, an output and values from outside", recurrent, [trips, yes, state, weights, sequence], 2),
  loop("a known number of steps", recurrent, [{ ...trips, constant: true }, yes, state, weights, sequence], 2),
  loop("without a condition", power, [trips, null, state, weights], 1),
  loop("until a condition fails", growing, [{ dims: [], type: "int64", values: [9] }, yes, { dims: [2], values: [1.1, -1.2] }], 1),
  loop("a state of integers", counted, [trips, yes, { dims: [], type: "int64", values: [2] }, { dims: [2], domain: [-0.4, 0.4] }], 3),
  loop("no state", stateless, [trips, yes, sequence], 1),
  ...(["LSTM", "GRU", "RNN"] as const).map((op, i) => {
    const gates = [4, 3, 1][i] as number;
    const matrix: InputSpec = { dims: [1, gates * 2, 2], outer: true };
    return loop(`a layer of type ${op} in every step`, layered(op), [{ ...trips, values: [2] }, null, { dims: [3, 1, 2] }, matrix, matrix], 1);
  }),
  loop("at the newest opset", recurrent, [trips, yes, state, weights, sequence], 2, { opset: 25 }),
];
