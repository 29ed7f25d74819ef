import { type NodeProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { evaluate, value64 } from "@xdeep/reference";
import { expect, it } from "vitest";

import { typedGraph } from "../graph/typed-graph.ts";
import { prepareModel } from "../prepare/prepare-model.ts";
import { builtinRules } from "../rules/index.ts";
import { explainerModel } from "./explainer-model.ts";
import { severalTargets } from "./several-targets.ts";

const matrix = tensorProto("w", { type: "float32", dims: [2, 3], data: Float32Array.of(1, -2, 3, 0.5, 2, -1) });

/** y = x W ⊙ x W, the square by an If whose branches read it from outside. */
const nodes: readonly NodeProto[] = [
  nodeProto("MatMul", ["x", "w"], ["h"]),
  nodeProto("If", ["choice"], ["y"], {
    then_branch: graphProto({ nodes: [nodeProto("Mul", ["h", "h"], ["squared"])], inputs: [], outputs: [valueInfoProto("squared", "float32", ["N", 3])] }),
    else_branch: graphProto({ nodes: [nodeProto("Identity", ["h"], ["same"])], inputs: [], outputs: [valueInfoProto("same", "float32", ["N", 3])] }),
  }),
];

it("the network is there once, and the backward pass once for each target, subgraphs included", () => {
  const model = modelProto({
    nodes: [...nodes],
    inputs: [valueInfoProto("x", "float32", ["N", 2]), valueInfoProto("choice", "bool", [])],
    outputs: [valueInfoProto("y", "float32", ["N", 3])],
    initializers: [matrix],
    opset: 18,
  });
  const one = explainerModel(typedGraph(prepareModel(model)), { output: "y", score: "logit", rules: builtinRules, wrt: ["x"] });
  const three = severalTargets(one, 3);
  const countOf = (written: typeof one.model, op: string): number => written.graph!.node.filter(({ opType }) => opType === op).length;
  expect(countOf(three.model, "OneHot")).toBe(3 * countOf(one.model, "OneHot"));
  const extra = three.model.graph!.node.length - one.model.graph!.node.length;
  expect(extra).toBeLessThan(2 * one.model.graph!.node.length);
  const forward = three.model.graph!.node.filter(({ output }) => output.includes("h") || output.includes("y"));
  expect(forward).toHaveLength(2);

  const x = value64("float32", [2, 2], [1, 2, -1, 0.5]);
  const feeds = (targets: readonly (readonly number[])[]): Record<string, ReturnType<typeof value64>> => ({
    x,
    choice: value64("bool", [], [1]),
    [three.names[0]!.weights]: value64("float32", [2], [1, 1]),
    ...Object.fromEntries(three.names.map(({ target }, k) => [target, value64("int64", [2], [...targets[k]!])])),
  });
  const results = evaluate(
    three.model,
    feeds([
      [0, 1],
      [2, 2],
      [-1, 0],
    ]),
    { outputs: three.names.map(({ gradients }) => gradients["x"]!) },
  );
  // dy_c/dx = 2 (x W)_c W_·c; rows of x W are (2, 2, 1) and (−0.75, 3, −3.5): the first row's argmax is class 0.
  const expected = [
    [4, 2, -12, 12],
    [6, -2, -21, 7],
    [4, 2, -1.5, -0.75],
  ];
  three.names.forEach(({ gradients }, k) => expect([...results[gradients["x"]!]!.data]).toEqual(expected[k]));
});
