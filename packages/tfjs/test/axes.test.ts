import * as tf from "@tensorflow/tfjs-core";
import { type FloatTensor, float32, sizeOf } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { expectClose } from "./compare.ts";
import "./engines.ts";
import { seeded, shuffled } from "./seeded.ts";
import { loadModel } from "../src/index.ts";

/** An operation of a tensor [3, 4, 5] along one axis. */
type AlongAxis = (x: tf.Tensor, axis: number) => tf.Tensor;

const constant = (dims: readonly number[]): tf.Tensor => tf.tensor(seeded(3, sizeOf(dims)), [...dims]);
const ids = (values: readonly number[]): tf.Tensor => tf.tensor(values, [values.length], "int32");

/** TensorFlow.js computes running sums and products wrongly along an axis counted from the end. */
const FRONT = [0, 1, 2];

/** Every kernel with an axis, dim or dims, by the function that passes it on as it is given. The last axis of a new one is the number of axes. */
const ALONG: Readonly<Record<string, { readonly f: AlongAxis; readonly rank?: number; readonly axes?: readonly number[] }>> = {
  "concat, small part first": {
    f: (x, axis) =>
      tf.concat(
        [
          tf.slice(
            x,
            [0, 0, 0],
            [1, 1, 1].map((_, i) => (i === (axis + 3) % 3 ? 1 : -1)),
          ),
          tf.mul(x, 3),
        ],
        axis,
      ),
  },
  cumprod: { f: (x, axis) => tf.cumprod(tf.add(x, 0.2), axis), axes: FRONT },
  "cumprod, exclusive and reverse": { f: (x, axis) => tf.cumprod(tf.add(x, 2), axis, true, true), axes: FRONT },
  cumsum: { f: (x, axis) => tf.cumsum(x, axis), axes: FRONT },
  "cumsum, exclusive": { f: (x, axis) => tf.cumsum(x, axis, true), axes: FRONT },
  "cumsum, reverse": { f: (x, axis) => tf.cumsum(x, axis, false, true), axes: FRONT },
  expandDims: { f: (x, axis) => tf.mul(tf.expandDims(x, axis), 2), rank: 4 },
  gather: { f: (x, axis) => tf.gather(x, ids([2, 0, 2, 1]), axis) },
  "gather, batch axis": { f: (x, axis) => tf.gather(x, tf.tensor2d([1, 0, 0, 2, 2, 1], [3, 2], "int32"), axis, 1), axes: [1, 2, -1, -2] },
  "gather, batch axes from the end": { f: (x, axis) => tf.gather(x, tf.tensor2d([1, 0, 0, 2, 2, 1], [3, 2], "int32"), axis, -1), axes: [1, 2, -1, -2] },
  logSoftmax: { f: (x, axis) => tf.logSoftmax(x, axis), axes: [2, -1] },
  logSumExp: { f: (x, axis) => tf.logSumExp(x, axis) },
  max: { f: (x, axis) => tf.max(x, axis) },
  "max, kept": { f: (x, axis) => tf.max(x, axis, true) },
  "max, kernel given its axis as it is": { f: (x, axis) => tf.engine().runKernel("Max", { x: x }, { reductionIndices: axis, keepDims: true }) },
  mean: { f: (x, axis) => tf.mean(x, axis) },
  "mean over two axes": { f: (x, axis) => tf.mean(x, [axis, axis > 0 ? 0 : -3]), axes: [1, 2, -1, -2] },
  min: { f: (x, axis) => tf.min(x, axis) },
  moments: { f: (x, axis) => tf.moments(x, axis, true).variance },
  "norm, euclidean": { f: (x, axis) => tf.norm(x, "euclidean", axis) },
  prod: { f: (x, axis) => tf.prod(tf.add(x, 2), axis) },
  "prod over two axes": { f: (x, axis) => tf.prod(tf.add(x, 2), [axis, axis > 0 ? 0 : -3]), axes: [1, 2, -1, -2] },
  reverse: { f: (x, axis) => tf.mul(tf.reverse(x, axis), constant([3, 4, 5])) },
  "reverse along two axes": { f: (x, axis) => tf.mul(tf.reverse(x, [axis, axis > 0 ? 0 : -3]), constant([3, 4, 5])), axes: [1, 2, -1, -2] },
  softmax: { f: (x, axis) => tf.softmax(x, axis), axes: [2, -1] },
  "split, one part": { f: (x, axis) => tf.split(x, [1, -1], axis)[1]! },
  "split into layers, the second": { f: (x, axis) => tf.unstack(x, axis)[1]! },
  squeeze: { f: (x, axis) => tf.squeeze(tf.expandDims(tf.mul(x, 2), axis), [axis]), rank: 4 },
  stack: { f: (x, axis) => tf.stack([x, tf.mul(x, 10), constant([3, 4, 5])], axis), rank: 4 },
  sum: { f: (x, axis) => tf.sum(x, axis) },
  "sum over two axes": { f: (x, axis) => tf.sum(x, [axis, axis > 0 ? 0 : -3]), axes: [1, 2, -1, -2] },
  "sum, kept": { f: (x, axis) => tf.mul(tf.sum(x, axis, true), x) },
};

const ROWS = Object.entries(ALONG).flatMap(([name, { f, rank = 3, axes = both(rank) }]) => axes.map((axis) => [name, axis, f] as const));

describe("gradients along an axis counted from either end", () => {
  it.each(ROWS)("%s, axis %i", async (_, axis, f) => {
    const dims = [3, 4, 5];
    const x = float32(dims, shuffled(5, 60, -0.9, 0.9));
    const outDims = tf.tidy(() => f(tf.tensor(x.data, dims), axis).shape);
    const model = await loadModel((t) => f(t!, axis), { engine: "cpu", inputs: [{ name: "x", dims }], outputs: [{ name: "y", dims: outDims }] });
    const cotangent = float32(outDims, seeded(99, sizeOf(outDims)));
    const { gradients } = await model.vjp({ feeds: { x }, cotangent });
    const project = async (moved: Float32Array): Promise<number> => {
      const y = (await model.forward({ feeds: { x: float32(dims, moved) } })).outputs["y"] as FloatTensor;
      return y.data.reduce((sum, value, i) => sum + value * cotangent.data[i]!, 0);
    };
    const differences = new Float64Array(60);
    for (let i = 0; i < 60; i++) {
      const [up, down] = [x.data.slice(), x.data.slice()];
      up[i]! += 4e-3;
      down[i]! -= 4e-3;
      differences[i] = ((await project(up)) - (await project(down))) / (up[i]! - down[i]!);
    }
    expectClose(gradients["x"]!.data, differences, 2e-3);
    await model.dispose();
  });

  it.each([
    ["Cumsum", (x: tf.Tensor) => tf.cumsum(x, -1)],
    ["Cumprod", (x: tf.Tensor) => tf.cumprod(x, -1)],
  ])("%s along an axis from the end is refused, because TensorFlow.js computes it wrongly", async (kernel, f) => {
    const model = loadModel((x) => tf.sum(f(x!)), { engine: "cpu", inputs: [{ name: "x", dims: [2, 3] }], outputs: [{ name: "y", dims: [] }] });
    await expect(model).rejects.toMatchObject({ code: "GRADIENT_MISSING", details: { kernels: [kernel] } });
  });

  it("stacks along the last axis as written in a report", async () => {
    const model = await loadModel((x) => tf.stack([x!, tf.mul(x!, 10)], -1), {
      engine: "cpu",
      inputs: [{ name: "x", dims: [null, 2] }],
      outputs: [{ name: "y", dims: [null, 2, 2] }],
    });
    const { gradients } = await model.vjp({ feeds: { x: float32([2, 2], [1, 2, 3, 4]) }, target: { index: [0, 1] } });
    expect([...gradients["x"]!.data]).toEqual([10, 0, 10, 0]);
  });
});

function both(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => [axis, axis - rank]).flat();
}
