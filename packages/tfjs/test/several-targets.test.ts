import { float32 } from "@xdeep/core";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { expect, it } from "vitest";

import { loadModel } from "../src/index.ts";

it("several targets run the network forward once, and leave nothing behind", async () => {
  await tf.setBackend("cpu");
  let forwards = 0;
  const kernel = tf.tensor2d([1, -2, 3, 0.5, 2, -1], [2, 3]);
  const network = (x: tf.Tensor2D): tf.Tensor => {
    forwards++;
    return tf.relu(tf.matMul(x, kernel));
  };
  const model = await loadModel(network, {
    inputs: [{ name: "x", dims: [null, 2], type: "float32" }],
    outputs: [{ name: "y", dims: [null, 3], type: "float32" }],
  });
  const feeds = { x: float32([1, 2], [1, 2]) };
  await model.vjp({ feeds, targets: [0, 2] });
  const [tensors, before] = [tf.memory().numTensors, forwards];
  const { perTarget } = await model.vjp({ feeds, targets: [0, 2, 1] });
  expect(forwards).toBe(before + 1);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(perTarget!.map(({ gradients }) => [...gradients["x"]!.data])).toEqual([
    [1, 0.5],
    [3, -1],
    [-2, 2],
  ]);
  await model.dispose();
});
