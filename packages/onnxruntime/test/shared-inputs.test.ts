import { type FloatTensor, type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { type ModelProto, modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { smooth } from "@xdeep/smooth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { gradientError, numericalGradient } from "./numerical-gradient.ts";
import { randomTensor, weights } from "./small-models.ts";
import { loadModel } from "../src/index.ts";

const HIDDEN = 4;

/**
 * A voice detector as they are published: sound [N, samples], the state [2, N, hidden] of its recurrent layer, and the sample rate, a scalar
 * that chooses how loud the sound is taken.
 */
function voiceDetector(): ModelProto {
  const ints = (name: string, ...values: number[]): ReturnType<typeof tensorProto> =>
    tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values.map(BigInt)) });
  return modelProto({
    inputs: [valueInfoProto("input", "float32", [null, null]), valueInfoProto("state", "float32", [2, null, HIDDEN]), valueInfoProto("sr", "int64", [])],
    outputs: [valueInfoProto("output", "float32", [null, 1]), valueInfoProto("stateN", "float32", [null, null, HIDDEN])],
    initializers: [
      weights("w", 1, [1, 4 * HIDDEN, 3]),
      weights("r", 2, [1, 4 * HIDDEN, HIDDEN]),
      weights("v", 3, [HIDDEN, 1]),
      ints("frames", 0, -1, 3),
      ints("zero", 0),
      ints("one", 1),
      ints("two", 2),
      tensorProto("rate", { type: "float32", dims: [], data: Float32Array.of(16000) }),
    ],
    nodes: [
      nodeProto("Cast", ["sr"], ["srFloat"], { to: 1 }),
      nodeProto("Div", ["srFloat", "rate"], ["gain"]),
      nodeProto("Mul", ["input", "gain"], ["scaled"]),
      nodeProto("Reshape", ["scaled", "frames"], ["rows"]),
      nodeProto("Transpose", ["rows"], ["steps"], { perm: [1, 0, 2] }),
      nodeProto("Slice", ["state", "zero", "one", "zero"], ["h"]),
      nodeProto("Slice", ["state", "one", "two", "zero"], ["c"]),
      nodeProto("LSTM", ["steps", "w", "r", "", "", "h", "c"], ["", "hN", "cN"], { hidden_size: HIDDEN }),
      nodeProto("Concat", ["hN", "cN"], ["stateN"], { axis: 0 }),
      nodeProto("Squeeze", ["hN", "zero"], ["last"]),
      nodeProto("MatMul", ["last", "v"], ["logit"]),
      nodeProto("Sigmoid", ["logit"], ["output"]),
    ],
  });
}

const model = await loadModel(writeModel(voiceDetector()));
const sr: Tensor = { type: "int64", dims: [], data: BigInt64Array.of(8000n) };
const state = randomTensor(5, [2, 1, HIDDEN]);
const sound = randomTensor(6, [3, 12]);
const row = (n: number): FloatTensor => float32([1, 12], sound.data.slice(12 * n, 12 * (n + 1)));

beforeAll(() => expect(model.inputs.map(({ batched }) => batched)).toEqual([undefined, false, false]));
afterAll(() => model.dispose());

describe("a model with a scalar and a state", () => {
  it("has the gradient of finite differences, of the sound and of the state", async () => {
    const feeds = { input: row(0), state, sr };
    const { gradients } = await model.vjp({ feeds, wrt: ["input", "state"] });
    for (const wrt of ["input", "state"]) {
      expect(gradientError(gradients[wrt]!, numericalGradient(voiceDetector(), feeds, { wrt, of: "logit", target: [0] })), wrt).toBeLessThan(1e-5);
    }
  });

  it("explains several rows beside one state as each alone, with every method", async () => {
    const plain = new Backprop(model);
    for (const explainer of [plain, integrated(plain, { n: 6 }), smooth(plain, { n: 6, seed: 2 }), smooth(integrated(plain, { n: 3 }), { n: 3 })]) {
      const whole = await explainer.explain({ input: sound, state, sr }, { wrt: ["input"] });
      for (let n = 0; n < 3; n++) {
        const alone = await explainer.explain({ input: row(n), state, sr }, { wrt: ["input"] });
        const { input } = alone.values as Record<string, FloatTensor>;
        const together = (whole.values as Record<string, FloatTensor>)["input"]!.data.slice(12 * n, 12 * (n + 1));
        for (let i = 0; i < 12; i++) expect(Math.abs(together[i]! - input!.data[i]!)).toBeLessThan(1e-5);
        expect(whole.scores[n]).toBeCloseTo(alone.scores[0]!, 5);
      }
    }
  });

  it("completes: integrated gradients of the sound add up", async () => {
    const { convergenceDelta } = await integrated(new Backprop(model), { n: 64 }).explain({ input: sound, state, sr }, { wrt: ["input"] });
    for (const delta of convergenceDelta!) expect(Math.abs(delta)).toBeLessThan(1e-4);
  });

  it("moves what has rows along a path and by noise, and says why it cannot move the state", async () => {
    const plain = new Backprop(model);
    for (const explainer of [integrated(plain, { n: 3 }), smooth(plain, { n: 2, seed: 1 })]) {
      const { values } = await explainer.explain({ input: sound, state, sr });
      expect(values).toEqual((await explainer.explain({ input: sound, state, sr }, { wrt: ["input"] })).values);
    }
    for (const explainer of [integrated(plain, { n: 3 }), smooth(plain, { n: 2 })]) {
      const moved = explainer.explain({ input: row(0), state, sr }, { wrt: ["state"] });
      await expect(moved).rejects.toMatchObject({ code: "WRT_UNKNOWN", message: expect.stringContaining('Input "state" has no batch axis') as string });
    }
  });

  it("can be told which inputs have no batch axis, and refuses names that are no inputs", async () => {
    const told = await loadModel(writeModel(voiceDetector()), { shared: ["sr", "state"] });
    expect(told.inputs.map(({ batched }) => batched)).toEqual([undefined, false, false]);
    await told.dispose();
    await expect(loadModel(writeModel(voiceDetector()), { shared: ["rate"] })).rejects.toMatchObject({ code: "INPUT_UNKNOWN" });
  });
});
