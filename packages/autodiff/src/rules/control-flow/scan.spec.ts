import type { DataType } from "@xdeep/core";
import { type GraphProto, graphProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import type { InputSpec, RuleSpec } from "../../../test/rule-spec.ts";

function body(inputs: readonly string[], nodes: GraphProto["node"], outputs: readonly string[], types: Readonly<Record<string, DataType>> = {}): GraphProto {
  const info = (name: string): GraphProto["input"][number] => valueInfoProto(name, types[name] ?? "float32", null);
  return graphProto({
    nodes,
    inputs: inputs.map(info),
    outputs: outputs.map(info),
    initializers: [tensorProto("one", { type: "int64", dims: [], data: BigInt64Array.of(1n) })],
  });
}

const state: InputSpec = { dims: [3] };
// Small, so that tanh does not saturate: its derivative 1 − y² would lose its digits in float32.
const sequence: InputSpec = { dims: [4, 3], domain: [-1, 1] };
const weights: InputSpec = { dims: [3], outer: true, domain: [-1, 1] };

const recurrent = body(
  ["h", "x"],
  [nodeProto("Mul", ["h", "input2"], ["a"]), nodeProto("Add", ["a", "x"], ["b"]), nodeProto("Tanh", ["b"], ["next"]), nodeProto("Mul", ["next", "x"], ["y"])],
  ["next", "y"],
);
const square = body(["x"], [nodeProto("Mul", ["x", "x"], ["y"])], ["y"]);
const running = body(["s", "x"], [nodeProto("Add", ["s", "x"], ["t"]), nodeProto("Identity", ["t"], ["y"])], ["t", "y"]);
const untouched = body(
  ["s", "r", "x"],
  [nodeProto("Identity", ["s"], ["t"]), nodeProto("Identity", ["r"], ["q"]), nodeProto("Mul", ["s", "x"], ["y"])],
  ["t", "q", "y"],
);
const counted = body(
  ["n", "h", "x"],
  [nodeProto("Add", ["n", "one"], ["m"]), nodeProto("Cast", ["n"], ["f"], { to: 1 }), nodeProto("Mul", ["x", "f"], ["p"]), nodeProto("Mul", ["p", "h"], ["k"])],
  ["m", "k"],
  { n: "int64", m: "int64" },
);
const choosing = body(
  ["h", "x"],
  [
    nodeProto("ReduceMax", ["x"], ["m"], { keepdims: 0 }),
    nodeProto("Less", ["m", "input2"], ["c"]),
    nodeProto("If", ["c"], ["next"], {
      then_branch: body([], [nodeProto("Mul", ["h", "x"], ["yes"])], ["yes"]),
      else_branch: body([], [nodeProto("Sub", ["h", "x"], ["no"])], ["no"]),
    }),
  ],
  ["next"],
);

const scan = (
  name: string,
  graph: GraphProto,
  inputs: RuleSpec["inputs"],
  outputs: number,
  attributes: RuleSpec["attributes"] = {},
  more: Partial<RuleSpec> = {},
): RuleSpec => ({
  name,
  op: "Scan",
  inputs,
  outputs,
  attributes: { body: graph, num_scan_inputs: 1, ...attributes },
  ...more,
});

export const rows: readonly RuleSpec[] = [
  scan("a state, an output and weights from outside", recurrent, [state, sequence, weights], 2),
  scan("backwards", recurrent, [state, sequence, weights], 2, { scan_input_directions: [1] }),
  scan("backwards, the output forwards", recurrent, [state, sequence, weights], 2, { scan_output_directions: [1] }),
  scan("other axes", recurrent, [state, { dims: [3, 4], domain: [-1, 1] }, weights], 2, { scan_input_axes: [1], scan_output_axes: [-1] }),
  scan("an axis counted from the end", recurrent, [state, { dims: [3, 4], domain: [-1, 1] }, weights], 2, { scan_input_axes: [-1], scan_output_axes: [0] }),
  scan("no state", square, [sequence], 1),
  scan("two inputs that are scanned", body(["x", "z"], [nodeProto("Mul", ["x", "z"], ["y"])], ["y"]), [sequence, sequence], 1, {
    num_scan_inputs: 2,
    scan_input_directions: [0, 1],
  }),
  scan("a linear state", running, [state, sequence], 2),
  scan("states that are passed on", untouched, [state, state, sequence], 3),
  scan("a state of integers", counted, [{ dims: [], type: "int64", values: [1] }, state, sequence], 2),
  scan("branches inside", choosing, [state, sequence, { dims: [], values: [0.4], outer: true }], 1, {}, { wrt: [0, 1] }),
  scan("one step", recurrent, [state, { dims: [1, 3] }, weights], 2),
  scan("at the newest opset", recurrent, [state, sequence, weights], 2, {}, { opset: 25 }),
];
