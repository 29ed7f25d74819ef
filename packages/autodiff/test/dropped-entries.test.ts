import { type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { checkVjp, evaluate, value64 } from "@xdeep/reference";
import { expect, it } from "vitest";
import { differentiate } from "../src/differentiate.ts";

/** Functions of x > 0 alone, and 0 elsewhere: the operator is applied to all of x, and a Where drops what is no number. */
const FUNCTIONS: readonly (readonly [string, readonly NodeProto[]])[] = [
  ["log x", [nodeProto("Log", ["x"], ["f"])]],
  ["√x", [nodeProto("Sqrt", ["x"], ["f"])]],
  ["1 / x", [nodeProto("Div", ["one", "x"], ["f"])]],
  ["x⁻¹, cast and reshaped", [nodeProto("Reciprocal", ["x"], ["r"]), nodeProto("Reshape", ["r", "dims"], ["f"])]],
  ["x^½", [nodeProto("Pow", ["x", "half"], ["f"])]],
  [
    "exp(1 / x²)",
    [nodeProto("Mul", ["x", "x"], ["s"]), nodeProto("Div", ["one", "s"], ["d"]), nodeProto("Exp", ["d"], ["e"]), nodeProto("Identity", ["e"], ["f"])],
  ],
];

it.each(FUNCTIONS)("what a Where drops has the gradient 0: %s", (_, nodes) => {
  const scalar = (name: string, value: number) => tensorProto(name, { type: "float32", dims: [], data: Float32Array.of(value) });
  const model = modelProto({
    nodes: [nodeProto("Greater", ["x", "zero"], ["inside"]), ...nodes, nodeProto("Where", ["inside", "f", "zero"], ["y"])],
    inputs: [valueInfoProto("x", "float32", [5])],
    outputs: [valueInfoProto("y", "float32", [5])],
    initializers: [scalar("zero", 0), scalar("one", 1), scalar("half", 0.5), tensorProto("dims", { type: "int64", dims: [1], data: BigInt64Array.of(5n) })],
    opset: 18,
  });
  const x = value64("float32", [5], [-1, -0.5, 0.5, 1.5, 2]);
  const { model: written, cotangent, gradients } = differentiate(model);
  const gradient = (at: typeof x, dy: typeof x): typeof x =>
    evaluate(written, { x: at, [cotangent]: dy }, { outputs: Object.values(gradients) })[gradients["x"]!]!;
  checkVjp({ name: "dropped", inputs: [x], forward: ([at]) => [evaluate(model, { x: at! })["y"]!], vjp: ([at], [dy]) => [gradient(at!, dy!)] });
  const ones = value64("float32", [5], [1, 1, 1, 1, 1]);
  const atZero = gradient(value64("float32", [5], [0, 0, -0, -1, 2]), ones);
  expect(Array.from(atZero.data.slice(0, 4), Math.abs)).toEqual([0, 0, 0, 0]);
});
