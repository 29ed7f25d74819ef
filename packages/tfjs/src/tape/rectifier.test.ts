import * as tf from "@tensorflow/tfjs-core";
import { type RectifierRule, float32 } from "@xdeep/core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";

import { ENGINES } from "../../test/engines.ts";
import { functionModel, gradientOf } from "../../test/function-model.ts";
import { loadModel } from "../index.ts";

/** F(x) = Σ cᵢ f(xᵢ): the cotangent that reaches f is c. */
const c = [1, -1, 1, -1, 1, -1];
const x = [2, 2, -2, -2, 7, 7];
const scoreOf =
  (f: (x: tf.Tensor) => tf.Tensor) =>
  (t: tf.Tensor): tf.Tensor =>
    tf.sum(tf.mul(f(t), tf.tensor1d(c)), 1);

const relu6Standard = [1, -1, 0, 0, 0, 0];
const EXPECTED: Readonly<Record<string, Readonly<Record<RectifierRule, readonly number[]>>>> = {
  relu: { standard: [1, -1, 0, 0, 1, -1], guided: [1, 0, 0, 0, 1, 0], deconvnet: [1, 0, 1, 0, 1, 0] },
  relu6: { standard: relu6Standard, guided: [1, 0, 0, 0, 0, 0], deconvnet: [1, 0, 1, 0, 1, 0] },
};

const FORMS: readonly (readonly [name: string, kind: string, f: (x: tf.Tensor) => tf.Tensor])[] = [
  ["Relu", "relu", tf.relu],
  ["Relu6", "relu6", tf.relu6],
  ["clipByValue(x, 0, 6)", "relu6", (t) => tf.clipByValue(t, 0, 6)],
  ["min(relu(x), 6)", "relu6", (t) => tf.minimum(tf.relu(t), 6)],
  ["clipByValue(relu(x), 0, 6)", "relu6", (t) => tf.clipByValue(tf.relu(t), 0, 6)],
  ["fused Relu", "relu", (t) => tf.fused.matMul({ a: t as tf.Tensor2D, b: tf.eye(6), activation: "relu" })],
  ["fused Relu6", "relu6", (t) => tf.fused.matMul({ a: t as tf.Tensor2D, b: tf.eye(6), activation: "relu6" })],
];

describe.each(ENGINES)("rules on %s", (engine) => {
  it.each(FORMS.flatMap(([name, kind, f]) => (["standard", "guided", "deconvnet"] as const).map((rule) => [name, rule, kind, f] as const)))(
    "%s, %s",
    async (_, rule, kind, f) => {
      const model = await functionModel(scoreOf(f), [6], [], engine);
      const gradient = await gradientOf(model, x, { rule });
      EXPECTED[kind]![rule].forEach((value, i) => expect(gradient[i]).toBeCloseTo(value, 6));
      const { rectifiers } = await model.vjp({ feeds: { x: float32([1, 6], x) }, rule });
      expect(rectifiers).toBe(rule === "standard" ? 0 : 1);
    },
  );

  it("reaches rectifiers of layers, however they are written", async () => {
    const network = sequential({
      layers: [
        layers.dense({ inputShape: [4], units: 4, activation: "relu" }),
        layers.activation({ activation: "relu" }),
        layers.reLU(),
        layers.reLU({ maxValue: 6 }),
        layers.activation({ activation: "relu6" }),
        layers.activation({ activation: "tanh" }),
        layers.leakyReLU(),
        layers.dense({ units: 1 }),
      ],
    });
    const model = await loadModel(network, { engine });
    const feeds = { [model.inputs[0]!.name]: float32([1, 4], [1, 2, 3, 4]) };
    expect((await model.vjp({ feeds, rule: "guided" })).rectifiers).toBe(5);
    expect((await model.vjp({ feeds, rule: "guided", rectifiers: ["Relu"] })).rectifiers).toBe(3);
    expect((await model.vjp({ feeds, rule: "guided", rectifiers: ["Relu6"] })).rectifiers).toBe(2);
    expect((await model.vjp({ feeds, rule: "guided", rectifiers: ["Relu", "Relu6", "LeakyRelu", "Tanh"] })).rectifiers).toBe(7);
  });
});

it("takes max(x, 0) for a rectifier only when asked", async () => {
  const model = await functionModel(
    scoreOf((t) => tf.maximum(t, 0)),
    [6],
    [],
  );
  const feeds = { x: float32([1, 6], x) };
  const plain = await model.vjp({ feeds, rule: "guided" });
  expect([plain.rectifiers, ...plain.gradients["x"]!.data]).toEqual([0, 1, -1, 0, 0, 1, -1].map((value) => expect.closeTo(value, 6)));
  const named = await model.vjp({ feeds, rule: "guided", rectifiers: ["Maximum"] });
  expect([named.rectifiers, ...named.gradients["x"]!.data]).toEqual([1, 1, 0, 0, 0, 1, 0].map((value) => expect.closeTo(value, 6)));
  expect(await gradientOf(model, x, { rule: "deconvnet", rectifiers: ["Maximum"] })).toEqual([1, 0, 1, 0, 1, 0]);
});

it("does not count max(x, 1) as max(x, 0)", async () => {
  const model = await functionModel(
    scoreOf((t) => tf.maximum(t, 1)),
    [6],
    [],
  );
  expect((await model.vjp({ feeds: { x: float32([1, 6], x) }, rule: "guided", rectifiers: ["Maximum"] })).rectifiers).toBe(0);
});

it("refuses a rectifier and a rule that do not exist", async () => {
  const model = await functionModel(scoreOf(tf.relu), [6], []);
  const feeds = { x: float32([1, 6], x) };
  await expect(model.vjp({ feeds, rectifiers: ["ReLU"] })).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("Relu6") });
  await expect(model.vjp({ feeds, rule: "guidedish" as never })).rejects.toMatchObject({ code: "RULE_UNKNOWN" });
});
