import { float32 } from "@xdeep/core";
import { type GraphProto, type NodeProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { evaluate, fromTensor } from "@xdeep/reference";
import { expect, it } from "vitest";
import { loadModel } from "../src/load-model.ts";
import { randomTensor, weights } from "./small-models.ts";

const transposedTimesVector = (from: string, to: string): readonly NodeProto[] => [
  nodeProto("Transpose", [from], [`${to}/t`], { perm: [0, 2, 1] }),
  nodeProto("MatMul", [`${to}/t`, "v"], [to]),
];

const branch = (nodes: readonly NodeProto[], output: string): GraphProto =>
  graphProto({ nodes, inputs: [], outputs: [valueInfoProto(output, "float32", null)], name: output });

const model = modelProto({
  nodes: [
    nodeProto("ReduceMax", ["x"], ["most"], { keepdims: 0 }),
    nodeProto("Greater", ["most", "zero"], ["isPositive"]),
    ...transposedTimesVector("x", "h"),
    nodeProto("If", ["isPositive"], ["y"], {
      then_branch: branch(transposedTimesVector("x", "b"), "b"),
      else_branch: branch([nodeProto("Identity", ["h"], ["c"])], "c"),
    }),
    nodeProto("Add", ["h", "y"], ["z"]),
  ],
  inputs: [valueInfoProto("x", "float32", ["N", 5, 3])],
  outputs: [valueInfoProto("z", "float32", ["N", 3])],
  initializers: [weights("v", 1, [5]), tensorProto("zero", float32([], [0]))],
});

it("the product of a transposed matrix with a vector, which ONNX Runtime fuses into a wrong one, is right, in branches too", async () => {
  const x = randomTensor(3, [1, 5, 3]);
  await using loaded = await loadModel(writeModel(model));
  const { outputs, gradients } = await loaded.vjp({ feeds: { x }, target: 1 });
  const expected = evaluate(model, { x: fromTensor(x) }, { outputs: ["z"] })["z"]!;
  expect([...outputs["z"]!.data]).toEqual([...expected.data].map((value) => expect.closeTo(value, 5) as number));
  const v = randomTensor(1, [5]).data;
  const dx = Array.from(x.data, (_, i) => (i % 3 === 1 ? 2 * v[Math.floor(i / 3)]! : 0));
  expect([...gradients["x"]!.data]).toEqual(dx.map((value) => expect.closeTo(value, 5) as number));
});
