import * as tf from "@tensorflow/tfjs-core";
import { type FloatTensor, float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import "../../../test/engines.ts";
import { functionModel } from "../../../test/function-model.ts";

const x = float32([2, 6], [1, -2, 0, 0.5, 3, -1, 2, 0, 0, 1, -1.5, 0.25]);
const reference = float32([2, 6], [0, 1, 2, -0.5, 1, 0, 1, 2, 1.5, -1, 0.5, 3]);

function expectSums({ data }: FloatTensor, scores: Float32Array, before: Float32Array): void {
  for (const row of [0, 1]) {
    const shares = data.subarray(6 * row, 6 * row + 6);
    const size = shares.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(size).toBeGreaterThan(0);
    expect(Math.abs(shares.reduce((sum, value) => sum + value, 0) - (scores[row]! - before[row]!))).toBeLessThan(1e-6 * size);
  }
}

describe("DeepLIFT of products of many entries", () => {
  it.each([
    ["of all", (rows: tf.Tensor) => tf.prod(rows, 1, true)],
    ["of parts", (rows: tf.Tensor) => tf.sum(tf.prod(tf.reshape(rows, [-1, 2, 3]), 2), 1, true)],
    ["running", (rows: tf.Tensor) => tf.sum(tf.cumprod(rows, 1, true), 1, true)],
  ])("adds up, zeros among them: %s", async (_, f) => {
    const model = await functionModel(f, [6], [1]);
    const { gradients, scores } = await model.vjp({ feeds: { x }, reference: { x: reference }, rule: "deeplift", target: 0 });
    const atReference = await model.forward({ feeds: { x: reference }, target: 0 });
    expectSums(gradients["x"]!, scores, atReference.scores);
    await model.dispose();
  });

  it("gives each of three factors the mean over the ways to multiply in pairs", async () => {
    const model = await functionModel((rows) => tf.prod(rows, 1, true), [3], [1]);
    const [a, b, c, a0, b0, c0] = [2, 3, -1, 1, 0.5, 4];
    const { gradients } = await model.vjp({
      feeds: { x: float32([1, 3], [a, b, c]) },
      reference: { x: float32([1, 3], [a0, b0, c0]) },
      rule: "deeplift",
      target: 0,
    });
    const share = (d: number, p: number, q: number, p0: number, q0: number): number => (d * (2 * p * q + p * q0 + p0 * q + 2 * p0 * q0)) / 6;
    const expected = [share(a - a0, b, c, b0, c0), share(b - b0, a, c, a0, c0), share(c - c0, a, b, a0, b0)];
    expected.forEach((value, i) => expect(gradients["x"]!.data[i]).toBeCloseTo(value, 5));
    await model.dispose();
  });

  it("refuses more than it takes apart", async () => {
    const model = await functionModel((rows) => tf.prod(rows, 1, true), [257], [1]);
    const feeds = { x: float32([1, 257], new Float32Array(257).fill(1)) };
    await expect(model.vjp({ feeds, reference: feeds, rule: "deeplift", target: 0 })).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED" });
    await model.dispose();
  });
});

describe("DeepLIFT of TopK", () => {
  const relevance = async (f: (rows: tf.Tensor) => tf.Tensor, own: readonly number[], other: readonly number[]): Promise<number[]> => {
    const model = await functionModel(f, [own.length], [1]);
    const [feeds, baseline] = [own, other].map((values) => ({ x: float32([1, own.length], values) })) as [{ x: FloatTensor }, { x: FloatTensor }];
    const { gradients } = await model.vjp({ feeds, reference: baseline, rule: "deeplift", target: 0 });
    await model.dispose();
    return [...gradients["x"]!.data].map((value) => value + 0);
  };
  const sumOf = (k: number) => (rows: tf.Tensor) => tf.sum(tf.topk(rows, k).values, -1, true);

  it.each([
    ["of a vector", (rows: tf.Tensor) => tf.sum(tf.mul(tf.topk(rows, 4).values, [1, -2, 3, 0.5]), 1, true)],
    [
      "of a matrix",
      (rows: tf.Tensor) =>
        tf.reshape(
          tf.sum(
            tf.mul(tf.topk(tf.reshape(rows, [-1, 2, 3]), 2).values, [
              [1, -2],
              [3, 0.5],
            ]),
            [1, 2],
          ),
          [-1, 1],
        ),
    ],
    ["of all", (rows: tf.Tensor) => tf.sum(tf.mul(tf.topk(rows, 6).values, [1, -2, 3, 0.5, 2, -1]), 1, true)],
  ])("adds up: %s", async (_, f) => {
    const model = await functionModel(f, [6], [1]);
    const { gradients, scores } = await model.vjp({ feeds: { x }, reference: { x: reference }, rule: "deeplift", target: 0 });
    expectSums(gradients["x"]!, scores, (await model.forward({ feeds: { x: reference }, target: 0 })).scores);
    await model.dispose();
  });

  it("gives what the ONNX backend gives: the sum of the two largest to the entries that make it, where a third overtakes them at x′", async () => {
    expect(await relevance(sumOf(2), [3, 2, 1], [3, 2, 4])).toEqual([0, 0, -2]);
    expect(await relevance(sumOf(2), [5, 5, 5], [0, 0, 0])).toEqual([5, 5, 0]);
    expect(await relevance(sumOf(2), [5, 5, 5], [5, 5, 5])).toEqual([0, 0, 0]);
  });

  it("is the maximum's for one value", async () => {
    const [own, other] = [x.data, reference.data].map((values) => [...values.subarray(0, 6)]) as [number[], number[]];
    for (const pair of [
      [own, other],
      [other, own],
    ] as const)
      expect(await relevance(sumOf(1), ...pair)).toEqual(await relevance((rows) => tf.max(rows, -1, true), ...pair));
  });

  it("is refused where values are not sorted", async () => {
    await expect(relevance((rows) => tf.sum(tf.topk(rows, 2, false).values, -1, true), [3, 2, 1], [3, 2, 4])).rejects.toMatchObject({
      code: "MODEL_UNSUPPORTED",
      message: expect.stringContaining("TopK") as string,
    });
  });
});
