import * as tf from "@tensorflow/tfjs-core";
import { float32 } from "@xdeep/core";
import { expect, it } from "vitest";

import "../../test/engines.ts";
import { loadModel } from "../index.ts";

const engine = "cpu";
const one = (name: string, size: number) => ({ name, dims: [null, size] });

it("takes several inputs and gives several outputs, in the declared order", async () => {
  const model = await loadModel((a, b) => [tf.mul(a!, b!), tf.sub(a!, b!)], {
    engine,
    inputs: [one("a", 2), one("b", 2)],
    outputs: [one("product", 2), one("difference", 2)],
  });
  const feeds = { a: float32([1, 2], [2, 3]), b: float32([1, 2], [5, 7]) };
  const { outputs, gradients } = await model.vjp({ feeds, output: "difference", target: 1 });
  expect(Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...(data as Float32Array)]]))).toEqual({
    product: [10, 21],
    difference: [-3, -4],
  });
  expect([...gradients["a"]!.data, ...gradients["b"]!.data].map((value) => value + 0)).toEqual([0, 1, 0, -1]);
  const product = await model.vjp({ feeds, target: 0, wrt: ["b"] });
  expect(Object.keys(product.gradients)).toEqual(["b"]);
  expect([...product.gradients["b"]!.data]).toEqual([2, 0]);
});

it("takes whole numbers and conditions besides floats, and no gradient of them", async () => {
  const model = await loadModel((x, ids) => tf.mul(x!, tf.cast(ids!, "float32")), {
    engine,
    inputs: [one("x", 2), { ...one("ids", 2), type: "int32" }],
    outputs: [one("y", 2)],
  });
  const feeds = { x: float32([1, 2], [1, 2]), ids: { type: "int32", dims: [1, 2], data: Int32Array.of(3, 4) } } as const;
  const { gradients } = await model.vjp({ feeds, target: 1 });
  expect(Object.keys(gradients)).toEqual(["x"]);
  expect([...gradients["x"]!.data]).toEqual([0, 4]);
  await expect(model.vjp({ feeds, wrt: ["ids"] })).rejects.toMatchObject({ code: "WRT_UNKNOWN" });
  await expect(model.vjp({ feeds, wrt: ["y"] })).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
});

it("pulls any cotangent back, of any shape of output", async () => {
  const model = await loadModel((x) => tf.matMul(x!, x!), { engine, inputs: [{ name: "x", dims: [2, 2] }], outputs: [{ name: "y", dims: [2, 2] }] });
  const { gradients, target, scores } = await model.vjp({ feeds: { x: float32([2, 2], [1, 2, 3, 4]) }, cotangent: float32([2, 2], [1, 0, 0, 0]) });
  expect([...gradients["x"]!.data]).toEqual([2, 3, 2, 0]);
  expect([target, scores]).toEqual([[], new Float32Array(0)]);
  await expect(model.vjp({ feeds: { x: float32([2, 2], [1, 2, 3, 4]) }, cotangent: float32([1, 2]) })).rejects.toMatchObject({ code: "INPUT_SHAPE" });
});

it("says which outputs and scores a forward run has", async () => {
  const model = await loadModel((x) => [tf.softmax(x!), tf.mul(x!, 2)], { engine, inputs: [one("x", 2)], outputs: [one("p", 2), one("twice", 2)] });
  const feeds = { x: float32([2, 2], [1, 3, 5, 4]) };
  const result = await model.forward({ feeds, outputs: ["twice"], target: null });
  expect(result).toMatchObject({ target: [1, 0], output: "p", score: "logit", scores: Float32Array.of(3, 5) });
  expect(Object.keys(result.outputs)).toEqual(["twice"]);
  expect((await model.forward({ feeds, target: 1, score: "probability" })).scores[0]).toBeCloseTo(Math.exp(3) / (Math.exp(1) + Math.exp(3)), 6);
  expect(await model.forward({ feeds })).toMatchObject({ target: [], scores: new Float32Array(0) });
  await expect(model.forward({ feeds, outputs: ["q"] })).rejects.toMatchObject({ code: "OUTPUT_UNKNOWN" });
});

it("explains the argument of logSoftmax, and behind a reshape", async () => {
  for (const f of [(x: tf.Tensor) => tf.logSoftmax(x), (x: tf.Tensor) => tf.reshape(tf.softmax(tf.reshape(x, [-1, 3])), [-1, 3, 1])]) {
    const model = await loadModel(f as never, {
      engine,
      inputs: [one("x", 3)],
      outputs: [{ name: "y", dims: f.length === 1 && String(f).includes("log") ? [null, 3] : [null, 3, 1] }],
    });
    const { gradients, scores } = await model.vjp({ feeds: { x: float32([1, 3], [1, 5, 2]) } });
    expect([...gradients["x"]!.data, ...scores]).toEqual([0, 1, 0, 5]);
  }
});

it("refuses NaN results, naming the row", async () => {
  const model = await loadModel((x) => tf.sqrt(x!), { engine, inputs: [one("x", 1)], outputs: [one("y", 1)] });
  await expect(model.vjp({ feeds: { x: float32([2, 1], [1, -1]) } })).rejects.toMatchObject({ code: "RESULT_NOT_FINITE", details: { row: 1 } });
});

it("refuses a promise, a wrong count of outputs, and a missing declaration", async () => {
  const declared = { engine, inputs: [one("x", 2)], outputs: [one("y", 2)] };
  await expect(loadModel((async (x: tf.Tensor) => x) as never, declared)).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED" });
  await expect(loadModel((x) => [x!, x!], declared)).rejects.toMatchObject({ code: "MODEL_INVALID" });
  await expect(loadModel((x) => x!, { engine })).rejects.toMatchObject({ code: "OPTION_INVALID" });
});

it("tells at load what the engine cannot run, and what has no gradient", async () => {
  await tf.setBackend("cpu");
  const einsum = (x: tf.Tensor): tf.Tensor => tf.einsum("ij,kj->ik", x, tf.ones([3, 2]));
  await expect(loadModel(einsum as never, { engine: "wasm", inputs: [one("x", 2)], outputs: [one("y", 3)] })).rejects.toMatchObject({
    code: "ENGINE_FAILED",
    message: expect.stringContaining("Einsum"),
  });
  const several = (x: tf.Tensor): tf.Tensor => tf.add(tf.abs(tf.fft(tf.complex(x, x))), tf.image.flipLeftRight(tf.reshape(x, [1, 1, -1, 1]) as tf.Tensor4D));
  await expect(loadModel(several as never, { engine: "cpu", inputs: [one("x", 2)], outputs: [one("y", 2)] })).rejects.toMatchObject({
    code: "GRADIENT_MISSING",
    details: { kernels: ["Complex", "FFT", "FlipLeftRight"] },
  });
});

it("explains an output whose way is clear, though another's is not", async () => {
  const f = (x: tf.Tensor): tf.Tensor[] => [tf.mul(x, 2), tf.image.flipLeftRight(tf.reshape(x, [1, 1, -1, 1]) as tf.Tensor4D)];
  const model = await loadModel(f as never, { engine, inputs: [one("x", 2)], outputs: [one("scores", 2), one("best", 1)] });
  const feeds = { x: float32([1, 2], [1, 2]) };
  expect([...(await model.vjp({ feeds })).gradients["x"]!.data]).toEqual([0, 2]);
  await expect(model.vjp({ feeds, output: "best" })).rejects.toMatchObject({ code: "GRADIENT_MISSING", details: { kernels: ["FlipLeftRight"] } });
});
