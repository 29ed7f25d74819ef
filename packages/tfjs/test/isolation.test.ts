import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { type FloatTensor, float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { seededFeeds } from "./check-model.ts";
import { ENGINES } from "./engines.ts";
import { functionModel, gradientOf } from "./function-model.ts";
import { LAYERS_MODELS } from "./layers-models.ts";
import { seeded } from "./seeded.ts";
import { type GradientRule, loadModel } from "../src/index.ts";

const NETWORK = "convolutions, pooling, dense softmax";

/** What a call could leave behind in TensorFlow.js. */
function globalState(): unknown {
  const { state } = tf.engine();
  return {
    tensors: state.numTensors,
    buffers: state.numDataBuffers,
    depth: [state.gradientDepth, state.kernelDepth, state.scopeStack.length],
    own: Object.keys(tf.engine()).toSorted(),
    backend: tf.getBackend(),
    relu: tf.getGradient("Relu")?.gradFunc,
  };
}

/** A few steps of training with core's own tape; the weights after them. */
async function train(): Promise<readonly number[]> {
  const network = sequential({
    layers: [
      layers.dense({ inputShape: [3], units: 4, activation: "relu", kernelInitializer: initializers.glorotNormal({ seed: 1 }) }),
      layers.dense({ units: 1, kernelInitializer: initializers.glorotNormal({ seed: 2 }) }),
    ],
  });
  network.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const [x, y] = [tf.tensor2d(seeded(5, 24), [8, 3]), tf.tensor2d(seeded(6, 8), [8, 1])];
  await network.fit(x, y, { epochs: 3, shuffle: false, verbose: 0 });
  const weights = network.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
  tf.dispose([x, y]);
  network.dispose();
  return weights;
}

describe.each(ENGINES)("isolation on %s", (engine) => {
  it("leaves nothing behind after success", async () => {
    const model = await loadModel(LAYERS_MODELS[NETWORK]!(), { engine });
    const feeds = seededFeeds(model, 2);
    await model.vjp({ feeds });
    const before = globalState();
    await model.vjp({ feeds, rule: "guided", weights: Float32Array.of(0.5, 2) });
    await model.forward({ feeds, target: null });
    expect(globalState()).toEqual(before);
  });

  it("leaves nothing behind after failures of every stage", async () => {
    let fails = "";
    const f = (x: tf.Tensor): tf.Tensor => {
      const y = tf.relu(x);
      if (fails === "forward") throw new Error("broken on purpose");
      // A custom gradient that breaks only on the way back.
      return tf.customGrad((t, save) => {
        (save as tf.GradSaveFunc)([t as tf.Tensor]);
        return {
          value: tf.square(t as tf.Tensor),
          gradFunc: (dy) => {
            if (fails === "backward") throw new Error("broken on purpose");
            return tf.mul(dy, 2);
          },
        };
      })(y);
    };
    const model = await functionModel(f, [3], [3], engine);
    const feeds = { x: float32([2, 3], seeded(1, 6)) };
    await model.vjp({ feeds });
    const before = globalState();
    for (fails of ["forward", "backward"]) {
      await expect(model.vjp({ feeds })).rejects.toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("broken on purpose") });
      expect(globalState()).toEqual(before);
    }
    fails = "";
    await expect(model.vjp({ feeds, target: 9 })).rejects.toMatchObject({ code: "TARGET_OUT_OF_RANGE" });
    await expect(model.vjp({ feeds, signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    expect(globalState()).toEqual(before);
    expect((await model.vjp({ feeds, target: 0 })).scores).toHaveLength(2);
  });

  it("aborts between runs and stays usable", async () => {
    const model = await loadModel(LAYERS_MODELS[NETWORK]!(), { engine });
    const feeds = seededFeeds(model, 100);
    const expected = await model.vjp({ feeds, target: 1 });
    const before = globalState();
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error("enough")));
    await expect(model.vjp({ feeds, target: 1, signal: controller.signal })).rejects.toThrow("enough");
    expect(globalState()).toEqual(before);
    expect(await model.vjp({ feeds, target: 1 })).toEqual(expected);
  });

  it("does not change training, nor is it changed by it", async () => {
    await tf.setBackend("cpu");
    const expected = await train();
    const model = await loadModel(LAYERS_MODELS[NETWORK]!(), { engine });
    const feeds = seededFeeds(model, 2);
    const alone = await model.vjp({ feeds, rule: "guided" });
    const [weights, during] = await Promise.all([train(), model.vjp({ feeds, rule: "guided" })]);
    expect(weights).toEqual(expected);
    expect(during).toEqual(alone);
    expect(await train()).toEqual(expected);
  });

  it("keeps concurrent calls of different rules and models apart", async () => {
    const [a, b] = [await loadModel(LAYERS_MODELS[NETWORK]!(), { engine }), await loadModel(LAYERS_MODELS["LSTM"]!(), { engine: "cpu" })];
    const [feedsA, feedsB] = [seededFeeds(a, 2), seededFeeds(b, 2)];
    const calls = [
      () => a.vjp({ feeds: feedsA }),
      () => a.vjp({ feeds: feedsA, rule: "guided" }),
      () => b.vjp({ feeds: feedsB }),
      () => a.vjp({ feeds: feedsA, rule: "deconvnet" }),
      () => b.forward({ feeds: feedsB, target: 1 }),
    ];
    const alone = [];
    for (const call of calls) alone.push(await call());
    expect(await Promise.all(calls.map((call) => call()))).toEqual(alone);
  });

  it("gives each row of a batch what it has alone, over several runs", async () => {
    const model = await loadModel(LAYERS_MODELS[NETWORK]!(), { engine });
    const feeds = seededFeeds(model, 37);
    const [name, x] = Object.entries(feeds)[0]!;
    const whole = await model.vjp({ feeds });
    const rowSize = x.data.length / 37;
    for (const row of [0, 16, 36]) {
      const single = await model.vjp({ feeds: { [name]: float32([1, ...x.dims.slice(1)], x.data.slice(row * rowSize, (row + 1) * rowSize)) } });
      expect(single.target[0]).toBe(whole.target[row]);
      whole.gradients[name]!.data.slice(row * rowSize, (row + 1) * rowSize).forEach((value, i) =>
        expect(value).toBeCloseTo(single.gradients[name]!.data[i]!, 5),
      );
    }
  });

  it("sums weighted rows on the engine", async () => {
    const model = await loadModel(LAYERS_MODELS[NETWORK]!(), { engine });
    const feeds = seededFeeds(model, 20);
    const weights = seeded(9, 20);
    for (const rule of ["standard", "guided"] as const) {
      const rows = Object.values((await model.vjp({ feeds, rule, target: 2 })).gradients)[0]!;
      const sum = Object.values((await model.vjp({ feeds, rule, target: 2, weights })).gradients)[0]!;
      expect(sum.dims).toEqual([1, ...rows.dims.slice(1)]);
      const size = sum.data.length;
      sum.data.forEach((value, i) =>
        expect(value).toBeCloseTo(
          weights.reduce((total, weight, n) => total + weight * rows.data[n * size + i]!, 0),
          4,
        ),
      );
    }
  });

  it("holds no more tensors after a thousand calls", async () => {
    const model = await functionModel((x) => tf.softmax(tf.relu(tf.mul(x, 3))), [4], [4], engine);
    await gradientOf(model, [1, 2, 3, 4]);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 1000; i++) await gradientOf(model, [1, 2, 3, i]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("frees what it made, and nothing of the user's, when it is disposed", async () => {
    const network = LAYERS_MODELS[NETWORK]!();
    const before = tf.memory().numTensors;
    const model = await loadModel(network, { engine });
    const feeds = seededFeeds(model, 1);
    const [name, x] = Object.entries(feeds)[0]!;
    await model.vjp({ feeds });
    await model.dispose();
    await model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(model.vjp({ feeds })).rejects.toMatchObject({ code: "MODEL_DISPOSED" });
    await expect(model.forward({ feeds })).rejects.toMatchObject({ code: "MODEL_DISPOSED" });
    const y = network.predict(tf.tensor(x.data, [...x.dims])) as tf.Tensor;
    expect(y.shape, name).toEqual([1, 4]);
  });

  it("follows weights that are trained further, without keeping old filters", async () => {
    const network = LAYERS_MODELS[NETWORK]!();
    const model = await loadModel(network, { engine });
    const feeds = seededFeeds(model, 1);
    await model.vjp({ feeds, target: 0 });
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) {
      tf.tidy(() => network.layers[2]!.setWeights(network.layers[2]!.getWeights().map((weight) => tf.mul(weight, 0.5))));
      await model.vjp({ feeds, target: 0 });
    }
    expect(tf.memory().numTensors).toBe(before);
    const fresh = await loadModel(network, { engine });
    expect((await model.vjp({ feeds, target: 0 })).gradients).toEqual((await fresh.vjp({ feeds, target: 0 })).gradients);
  });
});

it("does not read the caller's data later than the call, nor write to it", async () => {
  const model = await functionModel((x) => tf.square(x), [2], [2]);
  const x: FloatTensor = float32([1, 2], [3, 4]);
  const pending = model.vjp({ feeds: { x }, target: 1 });
  x.data[1] = 100;
  expect(Array.from((await pending).gradients["x"]!.data)).toEqual([0, 8]);
  expect(Array.from(x.data)).toEqual([3, 100]);
});

it("keeps the gradient that a user gave a function", async () => {
  const doubled = tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy) => tf.mul(dy, 2) }));
  const model = await functionModel((x) => tf.sum(doubled(tf.mul(x, 3)), 1), [2], []);
  expect(await gradientOf(model, [1, 2])).toEqual([6, 6]);
});

it("keeps the gradient that a user registered for a kernel of his own", async () => {
  const kernel = { kernelName: "Doubled", backendName: "cpu", kernelFunc: tf.getKernel("Identity", "cpu").kernelFunc };
  tf.registerKernel(kernel);
  tf.registerGradient({ kernelName: "Doubled", gradFunc: (dy) => ({ x: () => tf.mul(dy as tf.Tensor, 7) }) });
  const model = await functionModel((x) => tf.sum(tf.engine().runKernel<tf.Tensor>("Doubled", { x }), 1), [2], []);
  expect(await gradientOf(model, [1, 2])).toEqual([7, 7]);
});

it("takes a rule of the caller for a kernel of his own, and for one that has a rule", async () => {
  tf.registerKernel({ kernelName: "Tripled", backendName: "cpu", kernelFunc: tf.getKernel("Identity", "cpu").kernelFunc });
  const declared = { engine: "cpu", inputs: [{ name: "x", dims: [null, 2] }], outputs: [{ name: "y", dims: [null] }] };
  const f = (x: tf.Tensor): tf.Tensor => tf.sum(tf.relu(tf.engine().runKernel<tf.Tensor>("Tripled", { x })), 1);
  await expect(loadModel(f, declared)).rejects.toMatchObject({ code: "GRADIENT_MISSING", message: expect.stringContaining("Tripled") });
  const tripled: GradientRule = { kernel: "Tripled", needs: { x: [] }, pullback: ({ dy }) => ({ x: tf.mul(dy, 3) }) };
  const straight: GradientRule = { kernel: "Relu", needs: { x: [] }, pullback: ({ dy }) => ({ x: dy }) };
  expect(await gradientOf(await loadModel(f, { ...declared, rules: [tripled] }), [1, -2])).toEqual([3, 0]);
  expect(await gradientOf(await loadModel(f, { ...declared, rules: [tripled, straight] }), [1, -2])).toEqual([3, 3]);
});
