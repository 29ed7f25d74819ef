import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { modelProto, nodeProto, tensorProto, valueInfoProto, withFields, writeModel } from "@xdeep/onnx";
import { expect, it } from "vitest";

import { loadModel } from "../src/index.ts";

/** y = (x − mean of x over the batch)², as networks have it that compute statistics of the batch. */
const centred = modelProto({
  inputs: [valueInfoProto("x", "float32", ["N", 3])],
  outputs: [valueInfoProto("y", "float32", ["N", 3])],
  initializers: [tensorProto("axes", { type: "int64", dims: [1], data: BigInt64Array.of(0n) })],
  nodes: [
    nodeProto("ReduceMean", ["x", "axes"], ["mean"], {}, { name: "statistics" }),
    nodeProto("Sub", ["x", "mean"], ["centred"]),
    nodeProto("Add", ["centred", "x"], ["moved"]),
    nodeProto("Mul", ["moved", "moved"], ["y"]),
  ],
});

it("a network whose rows mix is explained row by row, and a batch is refused with the node that mixes them", async () => {
  const model = await loadModel(writeModel(centred));
  const x = float32([2, 3], [1, 2, 3, -1, 0, 4]);
  await expect(model.vjp({ feeds: { x }, target: 0 })).rejects.toMatchObject({ code: "BATCH_INVALID", message: expect.stringContaining('"statistics"') });
  const { values } = await new Backprop(model).explain(x, { target: 2 });
  // Alone, a row is its own mean: y = x², whose derivative the mean takes nothing from but itself.
  for (const row of [0, 1]) {
    const alone = await new Backprop(model).explain(float32([1, 3], x.data.slice(3 * row, 3 * row + 3)), { target: 2 });
    expect(values.data.slice(3 * row, 3 * row + 3)).toEqual(alone.values.data);
  }
  const { convergenceDelta } = await integrated(new Backprop(model), { n: 8 }).explain(x, { target: 2 });
  for (const delta of convergenceDelta!) expect(Math.abs(delta)).toBeLessThan(1e-4);
  await model.dispose();
});

it("a file that fixes its batch and mixes its rows is refused by the score of a row alone, and explained with one row a run", async () => {
  const fixed = writeModel(
    withFields(centred, {
      graph: withFields(centred.graph!, { input: [valueInfoProto("x", "float32", [2, 3])], output: [valueInfoProto("y", "float32", [2, 3])] }),
    }),
  );
  const x = float32([2, 3], [1, 2, 3, -1, 0, 4]);
  const model = await loadModel(fixed);
  await expect(new Backprop(model).explain(x, { target: 2 })).rejects.toMatchObject({
    code: "BATCH_INVALID",
    message: expect.stringContaining("preferredBatch: 1"),
  });
  await model.dispose();
  const alone = await loadModel(fixed, { preferredBatch: 1 });
  const { scores } = await new Backprop(alone).explain(x, { target: 2 });
  expect([...scores]).toEqual([9, 16]);
  await alone.dispose();
});
