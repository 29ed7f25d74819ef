import { float32 } from "@xdeep/core";
import { writeModel } from "@xdeep/onnx";
import { expect, it } from "vitest";

import { perceptron, randomTensor } from "../test/small-models.ts";
import { loadModel } from "./index.ts";

const bytes = writeModel(perceptron());

it("hands every weight to the hook by its name, and runs with what comes back", async () => {
  const seen = new Map<string, readonly number[]>();
  const plain = await loadModel(bytes, {
    weights: (name, tensor) => {
      seen.set(name, tensor.dims);
      return tensor;
    },
  });
  const zeroed = await loadModel(bytes, { weights: (_, { dims }) => float32(dims) });
  const original = await loadModel(bytes);
  const [{ name, dims }] = original.inputs as [(typeof original.inputs)[0]];
  const feeds = { [name]: randomTensor(1, [2, ...(dims.slice(1) as number[])]) };
  expect(seen.size).toBeGreaterThan(1);
  expect((await plain.vjp({ feeds, target: 0 })).gradients).toEqual((await original.vjp({ feeds, target: 0 })).gradients);
  expect((await zeroed.vjp({ feeds, target: 0 })).scores).toEqual(new Float32Array(2));
  expect((await zeroed.vjp({ feeds, target: 0 })).gradients[name]!.data.every((value) => value === 0)).toBe(true);
  await Promise.all([plain, zeroed, original].map((model) => model.dispose()));
});

it("takes what the hook writes into the tensor, and leaves the file as it is", async () => {
  const before = bytes.slice();
  const doubled = await loadModel(bytes, {
    weights: (_, tensor) => {
      tensor.data.fill(0);
      return tensor;
    },
  });
  const feeds = { [doubled.inputs[0]!.name]: randomTensor(1, [1, ...(doubled.inputs[0]!.dims.slice(1) as number[])]) };
  expect((await doubled.forward({ feeds, target: 0 })).scores).toEqual(new Float32Array(1));
  expect(bytes).toEqual(before);
  await doubled.dispose();
});

it("refuses weights of other dims", async () => {
  await expect(loadModel(bytes, { weights: () => float32([1]) })).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: expect.stringContaining("weights"),
  });
});
