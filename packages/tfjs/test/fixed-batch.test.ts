import * as tf from "@tensorflow/tfjs-core";
import { type SymbolicTensor, initializers, input, layers, model as layersModel } from "@tensorflow/tfjs-layers";
import { type FloatTensor, type Model, type Tensor, type VjpRequest, float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { Backprop } from "../../guided/src/index.ts";
import { integrated } from "../../integrated/src/index.ts";
import { smooth } from "../../smooth/src/index.ts";
import { loadModel } from "../src/index.ts";
import { expectClose } from "./compare.ts";
import { ENGINES } from "./engines.ts";
import { seeded } from "./seeded.ts";

const kernel = (seed: number): { readonly kernelInitializer: ReturnType<typeof initializers.glorotNormal> } => ({
  kernelInitializer: initializers.glorotNormal({ seed }),
});

/** The same network with a batch of 2 and with any batch. */
function network(batch: number | null): ReturnType<typeof layersModel> {
  const [a, b] = [input({ name: "a", batchShape: [batch, 3] as number[] }), input({ name: "b", batchShape: [batch, 3] as number[] })];
  const joined = layers.concatenate().apply([layers.dense({ units: 4, activation: "relu", ...kernel(1) }).apply(a) as SymbolicTensor, b]);
  const scores = layers.dense({ name: "scores", units: 3, activation: "softmax", ...kernel(2) }).apply(joined) as SymbolicTensor;
  const other = layers.dense({ name: "other", units: 2, ...kernel(3) }).apply(scores) as SymbolicTensor;
  return layersModel({ inputs: [a, b], outputs: [scores, other] });
}

function feedsOf(rows: number): Readonly<Record<string, FloatTensor>> {
  return { a: float32([rows, 3], seeded(4, 3 * rows)), b: float32([rows, 3], seeded(5, 3 * rows)) };
}

function expectSame(actual: Readonly<Record<string, Tensor>>, expected: Readonly<Record<string, Tensor>>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, tensor] of Object.entries(expected)) {
    expect(actual[name]!.dims).toEqual(tensor.dims);
    expectClose(actual[name]!.data as Float32Array, tensor.data as Float32Array, 1e-6);
  }
}

describe.each(ENGINES)("a model of batch 2 on %s", (engine) => {
  it.each([1, 2, 3, 4, 5])("gives %i rows what a model of any batch gives", async (rows) => {
    const [fixed, open] = [await loadModel(network(2), { engine }), await loadModel(network(null), { engine })];
    expect(fixed.inputs).toEqual(open.inputs);
    expect(fixed.outputs).toEqual(open.outputs);
    expect(fixed.capabilities).toMatchObject({ maxBatch: null, preferredBatch: 2 });
    const feeds = feedsOf(rows);
    expect((await fixed.forward({ feeds, outputs: [] })).outputs).toEqual({});
    const requests: readonly VjpRequest[] = [
      { feeds },
      { feeds, target: 1, score: "probability", rule: "guided" },
      { feeds, output: "other", target: Array.from({ length: rows }, (_, row) => row % 2), wrt: ["b"] },
      {
        feeds,
        weights: seeded(6, rows),
        target: {
          terms: [
            { index: 0, weight: 1 },
            { index: 2, weight: -1 },
          ],
        },
      },
      { feeds, cotangent: float32([rows, 3], seeded(7, 3 * rows)) },
    ];
    for (const request of requests) {
      const [actual, expected] = [await fixed.vjp(request), await open.vjp(request)];
      expectSame(actual.gradients, expected.gradients);
      expectSame(actual.outputs, expected.outputs);
      expect(actual.target).toEqual(expected.target);
      expectClose(actual.scores, expected.scores, 1e-6);
    }
    expectSame((await fixed.forward({ feeds })).outputs, (await open.forward({ feeds })).outputs);
  });

  it.each([1, 3])("is explained by every method, %i rows at once", async (rows) => {
    const [fixed, open] = [await loadModel(network(2), { engine }), await loadModel(network(null), { engine })];
    const methods = (model: Model): readonly { explain(feeds: object): Promise<{ readonly values: unknown }> }[] => {
      const plain = new Backprop(model);
      return [
        plain,
        new Backprop(model, { guided: true }),
        integrated(plain, { n: 5 }),
        smooth(plain, { n: 3, seed: 1 }),
        smooth(integrated(plain, { n: 3 }), { n: 3, seed: 2 }),
      ] as never;
    };
    const expected = methods(open);
    for (const [i, method] of methods(fixed).entries()) {
      const [actual, right] = [await method.explain(feedsOf(rows)), await expected[i]!.explain(feedsOf(rows))];
      expectSame(actual.values as Record<string, Tensor>, right.values as Record<string, Tensor>);
    }
  });
});

describe("inputs that rows share", () => {
  const declared = {
    engine: "cpu",
    inputs: [
      { name: "x", dims: [2, 3] },
      { name: "scale", dims: [] },
      { name: "table", dims: [4, 3] },
    ],
    outputs: [{ name: "y", dims: [2, 4] }],
  };
  const f = (x: tf.Tensor, scale: tf.Tensor, table: tf.Tensor): tf.Tensor => tf.mul(tf.matMul(x as tf.Tensor2D, table as tf.Tensor2D, false, true), scale);
  const table = float32([4, 3], seeded(1, 12));
  const scale = float32([], [2]);

  it("are passed whole beside a fixed batch, and have one gradient: the sum over the rows", async () => {
    const model = await loadModel(f as never, { ...declared, shared: ["table"] });
    expect(model.inputs.map(({ name, dims, batched }) => [name, dims, batched])).toEqual([
      ["x", [null, 3], undefined],
      ["scale", [], false],
      ["table", [4, 3], false],
    ]);
    const x = float32([3, 3], seeded(2, 9));
    const { gradients, scores } = await model.vjp({ feeds: { x, scale, table }, target: 1 });
    expect(scores).toHaveLength(3);
    for (let row = 0; row < 3; row++) for (let i = 0; i < 3; i++) expect(gradients["x"]!.data[3 * row + i]).toBeCloseTo(2 * table.data[3 + i]!, 5);
    for (let i = 0; i < 3; i++) expect(gradients["table"]!.data[3 + i]).toBeCloseTo(2 * (x.data[i]! + x.data[3 + i]! + x.data[6 + i]!), 5);
    expect(gradients["scale"]!.dims).toEqual([]);
    expect(gradients["scale"]!.data[0]).toBeCloseTo(
      scores.reduce((sum, score) => sum + score / 2, 0),
      5,
    );
  });

  it("are explained beside the rows by methods that move the rows", async () => {
    const model = await loadModel(f as never, { ...declared, shared: ["table"] });
    const x = float32([3, 3], seeded(2, 9));
    const { values, convergenceDelta } = await integrated(new Backprop(model), { n: 4 }).explain({ x, scale, table }, { target: 2, wrt: ["x"] });
    expect((values as Record<string, FloatTensor>)["x"]!.dims).toEqual([3, 3]);
    for (const delta of convergenceDelta!) expect(Math.abs(delta)).toBeLessThan(1e-5);
  });

  it("are refused where they are no inputs, and with weights, which they have no rows for", async () => {
    await expect(loadModel(f as never, { ...declared, shared: ["tables"] })).rejects.toMatchObject({ code: "INPUT_UNKNOWN" });
    const model = await loadModel(f as never, { ...declared, shared: ["table"] });
    const feeds = { x: float32([2, 3], seeded(2, 6)), scale, table };
    await expect(model.vjp({ feeds, target: 0, wrt: ["table"], weights: Float32Array.of(1, 2) })).rejects.toMatchObject({ code: "BATCH_INVALID" });
  });
});

describe("outputs that do not lead with the batch", () => {
  const declared = { engine: "cpu", inputs: [{ name: "x", dims: [null, 3] }] };

  it("are refused by name for several rows, and explained for one", async () => {
    const model = await loadModel((x) => tf.transpose(x!), { ...declared, outputs: [{ name: "y", dims: [3, null] }] });
    await expect(model.vjp({ feeds: { x: float32([2, 3], seeded(1, 6)) }, target: 0 })).rejects.toMatchObject({
      code: "BATCH_INVALID",
      message: expect.stringContaining('"y"'),
    });
    const whole = await loadModel((x) => tf.sum(x!), { ...declared, outputs: [{ name: "y", dims: [] }] });
    const { gradients } = await whole.vjp({ feeds: { x: float32([1, 3], [1, 2, 3]) } });
    expect([...gradients["x"]!.data]).toEqual([1, 1, 1]);
    await expect(whole.vjp({ feeds: { x: float32([2, 3], seeded(1, 6)) } })).rejects.toMatchObject({ code: "BATCH_INVALID" });
  });

  it("are refused where a fixed batch would have to be filled", async () => {
    const model = await loadModel((x) => [tf.mul(x!, 2), tf.sum(x!, 0)], {
      engine: "cpu",
      inputs: [{ name: "x", dims: [2, 3] }],
      outputs: [
        { name: "rows", dims: [2, 3] },
        { name: "total", dims: [3] },
      ],
    });
    const feeds = { x: float32([1, 3], [1, 2, 3]) };
    expect((await model.forward({ feeds, outputs: ["rows"] })).outputs["rows"]!.dims).toEqual([1, 3]);
    await expect(model.forward({ feeds })).rejects.toMatchObject({ code: "BATCH_INVALID", message: expect.stringContaining('"total"') });
  });
});
