import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { ENGINES } from "../../test/engines.ts";
import { functionModel, gradientOf } from "../../test/function-model.ts";

type F = (x: tf.Tensor) => tf.Tensor;
const total: F = (y) => tf.sum(y, y.shape.map((_, axis) => axis).slice(1));
const window =
  (size: number, stride: number): F =>
  (x) =>
    tf.maxPool(tf.reshape(x, [-1, 1, x.shape[1]!, 1]) as tf.Tensor4D, [1, size], [1, stride], "same");

const KINKS: readonly (readonly [name: string, f: F, x: readonly number[], gradient: readonly number[]])[] = [
  ["relu′(0) = 0", tf.relu, [-1, 0, 2], [0, 0, 1]],
  ["relu6′ = 0 at both bounds", tf.relu6, [0, 3, 6, 7], [0, 1, 0, 0]],
  ["clip′ = 0 at a bound", (x) => tf.clipByValue(x, -1, 2), [-1, 0, 2, 3], [0, 1, 0, 0]],
  ["min(relu(x), 6), as layers write ReLU6", (x) => tf.minimum(6, tf.relu(x)), [0, 3, 6, 7], [0, 1, 0, 0]],
  ["abs′(0) = 0", tf.abs, [-2, 0, 2], [-1, 0, 1]],
  ["maximum shares ties", (x) => tf.maximum(x, tf.tensor1d([1, 2, 3])), [1, 3, 2], [0.5, 1, 0]],
  ["minimum shares ties", (x) => tf.minimum(x, tf.tensor1d([1, 2, 3])), [1, 3, 2], [0.5, 0, 1]],
  ["max over an axis shares ties", (x) => tf.max(x, 1, true), [4, 1, 4, 4], [1 / 3, 0, 1 / 3, 1 / 3]],
  ["min over an axis shares ties", (x) => tf.min(x, 1, true), [1, 1, 4, 4], [0.5, 0.5, 0, 0]],
  ["max pooling takes the first of equal values", window(2, 2), [5, 5, 1, 2, 3, 3], [1, 0, 0, 1, 1, 0]],
  ["max pooling takes the first, in overlapping windows", window(3, 1), [7, 7, 7, 7], [2, 1, 1, 0]],
  ["max pooling of negative values", window(2, 2), [-5, -1, -2, -2], [0, 1, 1, 0]],
  ["max pooling of zeros, as behind a ReLU", window(2, 2), [0, 0, 0, 0], [1, 0, 1, 0]],
  ["floor, sign and round carry nothing", (x) => tf.add(tf.add(tf.floor(x), tf.sign(x)), tf.add(tf.round(x), x)), [0.3, 1.7], [1, 1]],
  ["product with one zero", (x) => tf.prod(x, 1, true), [2, 0, 3], [0, 6, 0]],
  ["product with two zeros", (x) => tf.prod(x, 1, true), [2, 0, 0], [0, 0, 0]],
  ["running product with two zeros", (x) => tf.cumprod(x, 1), [2, 0, 3, 0, 5], [1, 8, 0, 0, 0]],
  ["comparison as a condition carries nothing", (x) => tf.where(tf.greater(x, 0), tf.mul(x, 2), tf.mul(x, 5)), [-1, 0, 1], [5, 5, 2]],
  ["argmax and one-hot carry nothing", (x) => tf.add(x, tf.oneHot(tf.argMax(x, 1), 3)), [1, 2, 3], [1, 1, 1]],
  ["input that does not matter", (x) => tf.zerosLike(x), [1, 2], [0, 0]],
  ["one value read twice", (x) => tf.mul(x, x), [1, -3], [2, -6]],
];

describe.each(ENGINES)("conventions on %s", (engine) => {
  it.each(KINKS)("%s", async (_, f, x, gradient) => {
    const model = await functionModel((t) => total(f(t)), [x.length], [], engine);
    (await gradientOf(model, x)).forEach((value, i) => expect(value).toBeCloseTo(gradient[i]!, 6));
    await model.dispose();
  });
});
