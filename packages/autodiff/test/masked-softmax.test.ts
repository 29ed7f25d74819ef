import { type NodeProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { checkVjp, evaluate, randomValue, value64 } from "@xdeep/reference";
import { expect, it } from "vitest";
import { differentiate } from "../src/differentiate.ts";

/** How exporters keep the NaN of a line that is −∞ everywhere out of attention. */
const CLEANED: readonly (readonly [string, readonly NodeProto[]])[] = [
  ["where it is NaN", [nodeProto("IsNaN", ["p"], ["bad"]), nodeProto("Where", ["bad", "zero", "p"], ["clean"])]],
  [
    "where nothing may be looked at",
    [
      nodeProto("ReduceMax", ["masked", "last"], ["largest"]),
      nodeProto("Equal", ["largest", "lowest"], ["bad"]),
      nodeProto("Where", ["bad", "zero", "p"], ["clean"]),
    ],
  ],
  [
    "as JAX writes it in small operators",
    [
      nodeProto("ReduceMax", ["masked", "last"], ["m"]),
      nodeProto("Sub", ["scores", "m"], ["s"]),
      nodeProto("Exp", ["s"], ["e"]),
      nodeProto("Where", ["mask", "e", "zero"], ["some"]),
      nodeProto("ReduceSum", ["some", "last"], ["d"]),
      nodeProto("Div", ["some", "d"], ["r"]),
      nodeProto("Where", ["mask", "r", "zero"], ["clean"]),
    ],
  ],
  [
    "where the mask says so",
    [
      nodeProto("Cast", ["mask"], ["allowed"], { to: 1 }),
      nodeProto("ReduceMax", ["allowed", "last"], ["some"]),
      nodeProto("Greater", ["some", "zero"], ["good"]),
      nodeProto("Where", ["good", "p", "zero"], ["clean"]),
    ],
  ],
];

it.each(CLEANED)("a masked softmax has the gradient 0 in lines of −∞ that are replaced %s", (_, cleaning) => {
  const scalar = (name: string, value: number) => tensorProto(name, { type: "float32", dims: [], data: Float32Array.of(value) });
  const model = modelProto({
    nodes: [
      nodeProto("MatMul", ["q", "k"], ["scores"]),
      nodeProto("Where", ["mask", "scores", "lowest"], ["masked"]),
      nodeProto("Softmax", ["masked"], ["p"]),
      ...cleaning,
      nodeProto("MatMul", ["clean", "v"], ["y"]),
    ],
    inputs: [["q", "float32"] as const, ["k", "float32"] as const, ["v", "float32"] as const, ["mask", "bool"] as const].map(([name, type]) =>
      valueInfoProto(name, type, [3, 3]),
    ),
    outputs: [valueInfoProto("y", "float32", [3, 3])],
    initializers: [scalar("zero", 0), scalar("lowest", -Infinity), tensorProto("last", { type: "int64", dims: [1], data: BigInt64Array.of(-1n) })],
    opset: 18,
  });
  const mask = value64("bool", [3, 3], [0, 0, 0, 1, 0, 1, 1, 1, 1]);
  const names = ["q", "k", "v"];
  const inputs = names.map((_name, i) => randomValue(i + 1, [3, 3]));
  const { model: written, cotangent, gradients } = differentiate(model, { wrt: names });
  const fed = (values: typeof inputs): Parameters<typeof evaluate>[1] => ({ mask, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) });
  expect(evaluate(model, fed(inputs))["y"]!.data.slice(0, 3)).toEqual(new Float64Array(3));
  checkVjp({
    name: "masked softmax",
    inputs,
    forward: (values) => [evaluate(model, fed([...values]))["y"]!],
    vjp: (values, [dy]) => {
      const results = evaluate(written, { ...fed([...values]), [cotangent]: dy! }, { outputs: Object.values(gradients) });
      return names.map((name) => results[gradients[name]!]!);
    },
  });
});
