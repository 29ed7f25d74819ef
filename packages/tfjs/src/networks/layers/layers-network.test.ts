import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";

import { expectDerivative, seededFeeds } from "../../../test/check-model.ts";
import { expectClose } from "../../../test/compare.ts";
import { ENGINES } from "../../../test/engines.ts";
import { LAYERS_MODELS } from "../../../test/layers-models.ts";
import { loadModel } from "../../index.ts";

describe.each(ENGINES)("LayersModel on %s", (engine) => {
  it.each(Object.keys(LAYERS_MODELS))("%s", async (name) => {
    const model = await loadModel(LAYERS_MODELS[name]!(), { engine });
    await expectDerivative(model);
    await expectDerivative(model, { score: "probability" });
  });

  it.each(Object.keys(LAYERS_MODELS))("gives the outputs of predict: %s", async (name) => {
    const network = LAYERS_MODELS[name]!();
    const model = await loadModel(network, { engine });
    const feeds = seededFeeds(model, 3);
    const { outputs } = await model.forward({ feeds });
    await tf.setBackend(engine);
    const expected = network.predict(Object.values(feeds).map(({ data, dims }) => tf.tensor(data, [...dims]))) as tf.Tensor;
    expectClose(Object.values(outputs)[0]!.data as Float32Array, await expected.data(), 1e-6);
    await tf.setBackend("cpu");
  });

  it("names layers and outputs of models within models, as Teachable Machine nests them", async () => {
    const features = sequential({
      name: "features",
      layers: [
        layers.conv2d({
          name: "conv",
          inputShape: [8, 8, 3],
          filters: 4,
          kernelSize: 3,
          activation: "relu",
          kernelInitializer: initializers.glorotNormal({ seed: 1 }),
        }),
        layers.globalAveragePooling2d({ name: "pool" }),
      ],
    });
    const head = sequential({
      name: "head",
      layers: [
        layers.dense({ name: "hidden", inputShape: [4], units: 5, activation: "relu", kernelInitializer: initializers.glorotNormal({ seed: 2 }) }),
        layers.dense({ name: "scores", units: 3, activation: "softmax", kernelInitializer: initializers.glorotNormal({ seed: 3 }) }),
      ],
    });
    const network = sequential({ layers: [features, head] });
    const model = await loadModel(network, { engine });
    expect(model.outputs[0]).toMatchObject({ dims: [null, 3], activation: "softmax" });
    const feeds = seededFeeds(model, 2);
    const { gradients, outputs, rectifiers } = await model.vjp({
      feeds,
      wrt: ["conv", "head/hidden"],
      outputs: ["head/scores", model.outputs[0]!.name],
      rule: "guided",
    });
    expect(Object.values(gradients).map(({ dims }) => dims)).toEqual([
      [2, 6, 6, 4],
      [2, 5],
    ]);
    expect(outputs["head/scores"]).toEqual(outputs[model.outputs[0]!.name]);
    expect(rectifiers).toBe(1);
    await expectDerivative(model);
  });

  it("agrees with core's own gradient on cpu", async () => {
    const network = LAYERS_MODELS["convolutions, pooling, dense softmax"]!();
    const model = await loadModel(network, { engine });
    const feeds = seededFeeds(model, 2);
    const [name, x] = Object.entries(feeds)[0]!;
    const { gradients } = await model.vjp({ feeds, target: 1, score: "probability" });
    await tf.setBackend("cpu");
    const f = (t: tf.Tensor): tf.Tensor => tf.sum(tf.slice(network.apply(t) as tf.Tensor, [0, 1], [2, 1]));
    const expected = tf.tidy(() =>
      tf
        .grad(f)(tf.tensor(x.data, [...x.dims]))
        .dataSync(),
    );
    expectClose(gradients[name]!.data, expected, 5e-6);
  });
});

it("declares images, names and shapes", async () => {
  const network = sequential({
    layers: [layers.conv2d({ name: "stem", inputShape: [null as never, 6, 3], filters: 2, kernelSize: 3 }), layers.globalMaxPooling2d({ name: "top" })],
  });
  const model = await loadModel(network, { engine: "cpu" });
  expect(model.inputs).toEqual([{ name: "stem_input", type: "float32", dims: [null, null, 6, 3], layout: "NHWC" }]);
  expect(model.outputs).toEqual([{ name: "top", type: "float32", dims: [null, 2], layout: null, activation: null }]);
});

it("takes dropout and noise as they are at inference", async () => {
  const network = sequential({
    layers: [
      layers.dropout({ inputShape: [6], rate: 0.5 }),
      layers.gaussianNoise({ stddev: 3 }),
      layers.dense({ units: 2, kernelInitializer: initializers.glorotNormal({ seed: 1 }) }),
    ],
  });
  const model = await loadModel(network, { engine: "cpu" });
  const feeds = seededFeeds(model, 1);
  const kernel = (await network.layers[2]!.getWeights()[0]!.data()) as Float32Array;
  const { gradients } = await model.vjp({ feeds, target: 1 });
  expectClose(
    Object.values(gradients)[0]!.data,
    kernel.filter((_, i) => i % 2 === 1),
    1e-6,
  );
});

it("refuses stateful layers", async () => {
  const network = sequential({ layers: [layers.lstm({ units: 2, stateful: true, batchInputShape: [1, 3, 2], recurrentInitializer: "zeros" })] });
  await expect(loadModel(network, { engine: "cpu" })).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED", message: expect.stringContaining("lstm") });
});
