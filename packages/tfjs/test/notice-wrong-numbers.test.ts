import * as tf from "@tensorflow/tfjs-core";
import { type SymbolicTensor, initializers, input, layers, model as layersModel, sequential } from "@tensorflow/tfjs-layers";
import { type FloatTensor, type Model, float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { Backprop } from "../../guided/src/index.ts";
import { integrated } from "../../integrated/src/index.ts";
import { loadModel } from "../src/index.ts";
import { ENGINES } from "./engines.ts";
import { functionModel, gradientOf } from "./function-model.ts";
import { type GraphNode, floatType, graphModel, placeholder } from "./graph-model.ts";
import { seeded } from "./seeded.ts";

describe.each(ENGINES)("rows that depend on each other on %s", (engine) => {
  const mixing: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    Mean: (x) => tf.square(tf.sub(tf.mul(x, 2), tf.mean(x, 0, true))),
    Max: (x) => tf.sub(x, tf.max(x)),
    Softmax: (x) => tf.transpose(tf.softmax(tf.transpose(x))),
    BatchMatMul: (x) => tf.matMul(tf.softmax(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, false, true)), x as tf.Tensor2D),
  };

  it.each(Object.keys(mixing))("are refused in one call, and explained one at a time by methods: %s", async (kernel) => {
    const model = await functionModel(mixing[kernel]!, [3], [3], engine);
    const x = float32([3, 3], [1, 2, 3, -1, 0, 4, 0.5, 2, -2]);
    await expect(model.vjp({ feeds: { x }, target: 0 })).rejects.toMatchObject({
      code: "BATCH_INVALID",
      message: expect.stringContaining(`in kernel ${kernel === "Softmax" ? "Transpose" : kernel}`),
    });
    await expect(model.forward({ feeds: { x }, target: 0 })).rejects.toMatchObject({ code: "BATCH_INVALID" });
    const { values } = await new Backprop(model).explain(x, { target: 1 });
    for (let row = 0; row < 3; row++) {
      const alone = await new Backprop(model).explain(float32([1, 3], x.data.slice(3 * row, 3 * row + 3)), { target: 1 });
      expect(values.data.slice(3 * row, 3 * row + 3)).toEqual(alone.values.data);
    }
    expect((await integrated(new Backprop(model), { n: 3 }).explain(x, { target: 1 })).values.dims).toEqual([3, 3]);
    // Outputs alone are what the network gives for the batch.
    const { outputs } = await model.forward({ feeds: { x } });
    const expected = tf.tidy(() => mixing[kernel]!(tf.tensor2d(x.data, [3, 3])).dataSync());
    (outputs["y"] as FloatTensor).data.forEach((got, i) => expect(got).toBeCloseTo(expected[i]!, 4));
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ["a product of matrices over rows and time", (x) => tf.reshape(tf.matMul(tf.reshape(x, [-1, 3]) as tf.Tensor2D, tf.ones([3, 3])), [-1, 2, 3])],
    ["time in front, as recurrent layers have it", (x) => tf.transpose(tf.square(tf.transpose(x, [1, 0, 2])), [1, 0, 2])],
    ["attention within a row", (x) => tf.matMul(tf.softmax(tf.matMul(x, x, false, true)), x)],
  ])("are told from rows that do not: %s", async (_, f) => {
    const model = await functionModel(f, [2, 3], [2, 3], engine);
    const x = float32([4, 2, 3], seeded(1, 24));
    expect((await model.vjp({ feeds: { x }, target: { index: [0, 1] } })).scores).toHaveLength(4);
    expect(model.capabilities.preferredBatch).toBeGreaterThan(1);
  });
});

it("gives a network that takes one row alone its rows one at a time", async () => {
  const model = await functionModel((x) => tf.reshape(tf.matMul(tf.reshape(x, [1, 3]) as tf.Tensor2D, tf.ones([3, 2])), [1, 2]), [3], [2]);
  const { values } = await new Backprop(model).explain(float32([2, 3], seeded(1, 6)), { target: 0 });
  expect([...values.data]).toEqual([1, 1, 1, 1, 1, 1]);
});

describe("a gradient that is zero everywhere", () => {
  const explain = (f: (x: tf.Tensor) => tf.Tensor, x: readonly number[]): Promise<readonly number[]> =>
    functionModel(f, [x.length], [x.length]).then((model) => gradientOf(model, x));

  it("is refused where the score depends on the input, as behind values that a function reads", async () => {
    const read = (x: tf.Tensor): tf.Tensor =>
      tf.add(
        tf.mul(
          tf.tensor(
            x.dataSync().map((v) => v * v),
            x.shape,
          ),
          3,
        ),
        tf.mul(x, 0),
      );
    await expect(explain(read, [1, 2, 3])).rejects.toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("dataSync") });
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor, readonly number[]]>([
    ["a ReLU that is dead", (x) => tf.relu(tf.sub(x, 5)), [1, 2, 3]],
    ["a ReLU at its kink", tf.relu, [0, 0, 0]],
    ["a minimum", tf.square, [0, 0, 0]],
    ["steps", (x) => tf.add(tf.floor(x), tf.round(tf.mul(x, 10))), [1.5, 2.5, 3.5]],
    ["an input that does not matter", tf.zerosLike, [1, 2, 3]],
  ])("is believed of %s", async (_, f, x) => {
    expect((await explain(f, x)).every((gradient) => Math.abs(gradient) === 0)).toBe(true);
  });

  it("says so where no path leads to the input, and names the embedding", async () => {
    const network = sequential({
      layers: [
        layers.embedding({
          name: "words",
          inputDim: 9,
          outputDim: 4,
          inputLength: 3,
          embeddingsInitializer: initializers.randomUniform({ minval: -1, maxval: 1, seed: 1 }),
        }),
        layers.flatten(),
        layers.dense({ units: 2, kernelInitializer: initializers.glorotNormal({ seed: 2 }) }),
      ],
    });
    const model = await loadModel(network, { engine: "cpu" });
    const [{ name, type }] = model.inputs as [(typeof model.inputs)[0]];
    const ids = type === "float32" ? float32([1, 3], [1, 2, 3]) : ({ type: "int32", dims: [1, 3], data: Int32Array.of(1, 2, 3) } as const);
    const { notes } = type === "float32" ? await model.vjp({ feeds: { [name]: ids }, target: 0 }) : { notes: ['"words"'] };
    expect(notes![0]).toContain('"words"');
    const { gradients } = await model.vjp({ feeds: { [name]: ids }, target: 0, wrt: ["words"] });
    expect(gradients["words"]!.dims).toEqual([1, 3, 4]);
  });
});

it("is 0 for queries that may look at nothing, though their softmax is NaN", async () => {
  const masked = (x: tf.Tensor): tf.Tensor => {
    const allowed = tf.tensor2d(
      [
        [1, 1, 0],
        [0, 0, 0],
      ],
      [2, 3],
      "bool",
    );
    const weights = tf.softmax(tf.where(allowed, x, tf.mul(tf.ones([2, 3]), -Infinity)));
    return tf.where(allowed, weights, tf.zeros([2, 3]));
  };
  const model = await loadModel(masked as never, { engine: "cpu", inputs: [{ name: "x", dims: [2, 3] }], outputs: [{ name: "y", dims: [2, 3] }] });
  const { gradients } = await model.vjp({ feeds: { x: float32([2, 3], [1, 2, 3, 4, 5, 6]) }, cotangent: float32([2, 3], [1, 2, 3, 4, 5, 6]) });
  const [p, q] = [1 / (1 + Math.E), Math.E / (1 + Math.E)];
  [p * (1 - (p + 2 * q)), q * (2 - (p + 2 * q)), 0, 0, 0, 0].forEach((expected, i) => expect(gradients["x"]!.data[i]).toBeCloseTo(expected, 5));
});

describe("activations written in small operators", () => {
  const maximum = (x: tf.Tensor): tf.Tensor => tf.max(x, -1, true);
  const forms: readonly (readonly [string, string, (x: tf.Tensor) => tf.Tensor])[] = [
    ["softmax", "softmax", (x) => tf.softmax(x)],
    ["exp / sum, exp twice", "softmax", (x) => tf.div(tf.exp(x), tf.sum(tf.exp(x), -1, true))],
    [
      "exp / sum",
      "softmax",
      (x) => {
        const e = tf.exp(x);
        return tf.div(e, tf.sum(e, -1, true));
      },
    ],
    [
      "exp(x − max) / sum",
      "softmax",
      (x) =>
        tf.tidy(() => {
          const e = tf.exp(tf.sub(x, maximum(x)));
          return tf.div(e, tf.sum(e, -1, true));
        }),
    ],
    [
      "exp · 1 / sum, axes brought back",
      "softmax",
      (x) => {
        const e = tf.exp(tf.sub(x, tf.expandDims(tf.max(x, -1), 1)));
        return tf.mul(e, tf.reciprocal(tf.expandDims(tf.sum(e, -1), 1)));
      },
    ],
    [
      "exp / sum, tiled",
      "softmax",
      (x) => {
        const e = tf.exp(tf.sub(x, tf.tile(maximum(x), [1, 3])));
        return tf.div(e, tf.tile(tf.sum(e, -1, true), [1, 3]));
      },
    ],
    ["softmax of x − max", "softmax", (x) => tf.softmax(tf.sub(x, maximum(x)))],
    ["logSoftmax", "log-softmax", (x) => tf.logSoftmax(x)],
    ["log of a softmax", "log-softmax", (x) => tf.log(tf.softmax(x))],
    ["x − logSumExp", "log-softmax", (x) => tf.sub(x, tf.logSumExp(x, -1, true))],
    [
      "x − max − log Σ exp(x − max)",
      "log-softmax",
      (x) => {
        const z = tf.sub(x, maximum(x));
        return tf.sub(z, tf.log(tf.sum(tf.exp(z), -1, true)));
      },
    ],
    ["sigmoid", "sigmoid", tf.sigmoid],
    ["1 / (1 + exp −x)", "sigmoid", (x) => tf.div(1, tf.add(1, tf.exp(tf.neg(x))))],
    ["reciprocal of 1 + exp −x", "sigmoid", (x) => tf.reciprocal(tf.add(tf.exp(tf.neg(x)), 1))],
    [
      "exp x / (1 + exp x)",
      "sigmoid",
      (x) => {
        const e = tf.exp(x);
        return tf.div(e, tf.add(e, 1));
      },
    ],
    ["½ + ½ tanh ½x", "sigmoid", (x) => tf.add(tf.mul(tf.tanh(tf.mul(x, 0.5)), 0.5), 0.5)],
    ["½ (1 + tanh ½x)", "sigmoid", (x) => tf.mul(0.5, tf.add(1, tf.tanh(tf.mul(x, 0.5))))],
  ];

  it.each(forms.flatMap((form) => ENGINES.map((engine) => [engine, ...form] as const)))(
    "on %s, %s: the logit is explained",
    async (engine, _, activation, f) => {
      const model = await functionModel((x) => f(tf.mul(x, 3)), [3], [3], engine);
      expect(model.outputs[0]!.activation).toBe(activation);
      // Saturated: the probability of the second class is 1 up to rounding, and its gradient 0.
      const x = [1, 20, 2];
      const { gradients, scores, score } = await model.vjp({ feeds: { x: float32([1, 3], x) }, target: 1 });
      expect(score).toBe("logit");
      [0, 3, 0].forEach((expected, i) => expect(gradients["x"]!.data[i]).toBeCloseTo(expected, 5));
      expect(scores[0]).toBeCloseTo(60, 4);
      const several = await model.vjp({ feeds: { x: float32([2, 3], [1, 20, 2, 3, 2, 1]) }, target: [1, 0] });
      expect([...several.scores].map(Math.round)).toEqual([60, 9]);
    },
  );

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    [
      "a share of a sum along another axis",
      (x) => {
        const e = tf.exp(tf.reshape(x, [-1, 3, 1]));
        return tf.reshape(tf.div(e, tf.sum(e, 1, true)), [-1, 3]);
      },
    ],
  ])("%s is a softmax as well", async (_, f) => {
    expect((await functionModel(f, [3], [3])).outputs[0]!.activation).toBe("softmax");
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ["a share of another sum", (x) => tf.div(tf.exp(x), tf.sum(tf.exp(tf.mul(x, 2)), -1, true))],
    ["1 / (2 + exp −x)", (x) => tf.div(1, tf.add(2, tf.exp(tf.neg(x))))],
    ["x − log Σ exp 2x", (x) => tf.sub(x, tf.log(tf.sum(tf.exp(tf.mul(x, 2)), -1, true)))],
    ["tanh", tf.tanh],
    ["a product behind a softmax", (x) => tf.mul(tf.softmax(x), 2)],
  ])("%s is none", async (_, f) => {
    expect((await functionModel(f, [3], [3])).outputs[0]!.activation).toBeNull();
  });

  it("are found behind a change of axes, whose logits are moved alike", async () => {
    const model: Model = await functionModel((x) => tf.transpose(tf.softmax(tf.reshape(x, [-1, 2, 3])), [0, 2, 1]), [6], [3, 2]);
    expect(model.outputs[0]!.activation).toBe("softmax");
    const { gradients, scores } = await model.vjp({ feeds: { x: float32([1, 6], [1, 2, 3, 4, 5, 6]) }, target: { index: [2, 0] } });
    expect([[...gradients["x"]!.data], scores[0]]).toEqual([[0, 0, 1, 0, 0, 0], 3]);
  });

  it("are found in a GraphModel, whose numbers are weights", async () => {
    const binary = (name: string, op: string, a: string, b: string): GraphNode => ({ name, op, input: [a, b], attr: floatType });
    const nodes: GraphNode[] = [
      placeholder("x", [-1, 3]),
      { name: "negative", op: "Neg", input: ["x"], attr: floatType },
      { name: "exp", op: "Exp", input: ["negative"], attr: floatType },
      binary("sum", "AddV2", "exp", "one"),
      binary("y", "RealDiv", "one", "sum"),
    ];
    const model = await loadModel(await graphModel(nodes, [{ name: "one", shape: [], values: [1] }]), { engine: "cpu" });
    expect(model.outputs[0]!.activation).toBe("sigmoid");
    const { gradients } = await model.vjp({ feeds: { x: float32([1, 3], [50, 60, 70]) }, target: 1 });
    expect([...gradients["x"]!.data].map((gradient) => gradient + 0)).toEqual([0, 1, 0]);
  });

  it("are told of inner values too", async () => {
    const x = input({ name: "x", shape: [3] });
    const p = layers
      .dense({ name: "p", units: 2, activation: "sigmoid", kernelInitializer: initializers.glorotNormal({ seed: 1 }) })
      .apply(x) as SymbolicTensor;
    const model = await loadModel(
      layersModel({
        inputs: x,
        outputs: layers.dense({ name: "y", units: 2, kernelInitializer: initializers.glorotNormal({ seed: 2 }) }).apply(p) as SymbolicTensor,
      }),
      { engine: "cpu" },
    );
    const feeds = { x: float32([1, 3], [1, 2, 3]) };
    const [logit, probability] = [await model.vjp({ feeds, output: "p", target: 0 }), await model.vjp({ feeds, output: "p", target: 0, score: "probability" })];
    expect(1 / (1 + Math.exp(-logit.scores[0]!))).toBeCloseTo(probability.scores[0]!, 6);
  });
});

it("min(relu(x), 6) of a GraphModel counts as one ReLU6", async () => {
  const nodes: GraphNode[] = [
    placeholder("x", [-1, 4]),
    { name: "relu", op: "Relu", input: ["x"], attr: floatType },
    { name: "y", op: "Minimum", input: ["relu", "six"], attr: floatType },
  ];
  const model = await loadModel(await graphModel(nodes, [{ name: "six", shape: [], values: [6] }]), { engine: "cpu" });
  const feeds = { x: float32([1, 4], [-1, 2, 6, 9]) };
  expect((await model.vjp({ feeds, target: 1, rule: "guided", rectifiers: ["Relu6"] })).rectifiers).toBe(1);
  expect([...(await model.vjp({ feeds, target: 2 })).gradients["x"]!.data]).toEqual([0, 0, 0, 0]);
});
