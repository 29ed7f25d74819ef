import { float32 } from "@xdeep/core";
import { graphProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { expect, it } from "vitest";

import { perceptron, randomTensor } from "../../test/small-models.ts";
import { loadModel } from "../index.ts";

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

it("hands weights over in the order of their use, those of branches included, and leaves the scales of a resize alone", async () => {
  const floats = (name: string, dims: readonly number[]): ReturnType<typeof tensorProto> =>
    tensorProto(name, { type: "float32", dims, data: new Float32Array(dims.reduce((size, dim) => size * dim, 1)).fill(1) });
  const branch = (name: string): ReturnType<typeof graphProto> =>
    graphProto({
      name,
      inputs: [],
      outputs: [valueInfoProto(`${name}_y`, "float32", null)],
      initializers: [floats(`${name}_own`, [3])],
      nodes: [nodeProto("Mul", ["h", `${name}_own`], [`${name}_h`]), nodeProto("Mul", [`${name}_h`, "outer"], [`${name}_y`])],
    });
  const file = writeModel(
    modelProto({
      inputs: [valueInfoProto("x", "float32", ["N", 1, 1, 3]), valueInfoProto("which", "bool", [])],
      outputs: [valueInfoProto("y", "float32", ["N", 1, 1, 6])],
      // In the file's order nothing is where it is used.
      initializers: [
        floats("outer", [3]),
        floats("unused", [2]),
        tensorProto("scales", { type: "float32", dims: [4], data: Float32Array.of(1, 1, 1, 2) }),
        floats("first", [3]),
      ],
      nodes: [
        nodeProto("Mul", ["x", "first"], ["h"]),
        nodeProto("If", ["which"], ["z"], { then_branch: branch("yes"), else_branch: branch("no") }),
        nodeProto("Constant", [], ["table"], { value: floats("", [3]) }),
        nodeProto("Mul", ["z", "table"], ["t"]),
        nodeProto("Resize", ["t", "", "scales"], ["y"], { mode: "nearest" }),
      ],
    }),
  );
  const seen: string[] = [];
  const doubled = await loadModel(file, {
    weights(name, tensor) {
      seen.push(name);
      tensor.data.fill(2);
      return tensor;
    },
  });
  expect(seen).toEqual(["first", "yes_own", "outer", "no_own", "table", "unused"]);
  const feeds = { x: float32([1, 1, 1, 3], [1, 2, 3]), which: { type: "bool" as const, dims: [], data: Uint8Array.of(0) } };
  // Twice by each of four weights on the way, and no other dims.
  expect(await doubled.forward({ feeds, outputs: ["y"] })).toMatchObject({ outputs: { y: float32([1, 1, 1, 6], [16, 16, 32, 32, 48, 48]) } });
  await doubled.dispose();
});
