import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { type NodeProto, modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { expect, it } from "vitest";
import { intList, randomTensor, weights } from "./small-models.ts";
import { loadModel } from "../src/load-model.ts";

const x = randomTensor(7, [2, 4]);
const linear = nodeProto("MatMul", ["x", "w"], ["z"]);

/** A softmax as JAX computes it, and one that an exporter moved to another layout. */
const HEADS: readonly (readonly [string, readonly NodeProto[]])[] = [
  [
    "written in small operators",
    [
      nodeProto("ReduceMax", ["z", "last"], ["m"]),
      nodeProto("Sub", ["z", "m"], ["s"]),
      nodeProto("Exp", ["s"], ["e"]),
      nodeProto("ReduceSum", ["e", "last"], ["d"]),
      nodeProto("Div", ["e", "d"], ["y"]),
    ],
  ],
  [
    "moved to another layout",
    [
      nodeProto("Reshape", ["z", "cube"], ["c"]),
      nodeProto("Softmax", ["c"], ["p"], { axis: 1 }),
      nodeProto("Transpose", ["p"], ["t"], { perm: [0, 2, 1] }),
      nodeProto("Flatten", ["t"], ["y"]),
    ],
  ],
];

it.each(HEADS)("a softmax %s: the logit is explained, and its integrated gradients add up", async (_, nodes) => {
  const model = await loadModel(writeModel(networkOf([linear, ...nodes])));
  const plain = await loadModel(writeModel(networkOf([nodeProto("MatMul", ["x", "w"], ["y"])])));
  // Entry 2 of the moved output [N, 2 · 3] is entry (0, 2) of [N, 2, 3], or (2, 0) of the scores [N, 3, 2].
  const entry = nodes.length === 5 ? 2 : 4;
  const found = await model.vjp({ feeds: { x }, target: 2 });
  const expected = await plain.vjp({ feeds: { x }, target: entry });
  expect(found.scores).toEqual(expected.scores);
  expect(found.gradients["x"]).toEqual(expected.gradients["x"]);
  expect((await model.forward({ feeds: { x }, target: 2 })).scores).toEqual(expected.scores);
  const { convergenceDelta, scores } = await integrated(new Backprop(model), { n: 8 }).explain(x, { target: 2 });
  expect(Math.abs(convergenceDelta![0]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(scores[0]!)));
  const probability = await model.vjp({ feeds: { x }, target: 2, score: "probability" });
  expect(probability.scores[0]).toBeCloseTo(Number((probability.outputs["y"]!.data as Float32Array)[2]), 6);
  await Promise.all([model.dispose(), plain.dispose()]);
});

function networkOf(nodes: readonly NodeProto[]): ReturnType<typeof modelProto> {
  return modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", ["N", 4])],
    outputs: [valueInfoProto("y", "float32", ["N", 6])],
    initializers: [weights("w", 3, [4, 6]), intList("last", [-1]), intList("cube", [0, 3, 2])],
    opset: 18,
  });
}
