import type { Model } from "@xdeep/core";
import { describe, expect, it } from "vitest";

import { SERVED_METHODS, threadsOf } from "./open-served.ts";

// Names are read before a model is.
const model = {} as Model;

describe("xdeep serve names what was meant", () => {
  it.each([
    ["guidde", {}, 'There is no method "guidde". Did you mean guided? Methods are vanilla,'],
    ["smooth-guidde", {}, 'There is no method "smooth-guidde". Did you mean smooth-guided?'],
    ["Integrated", {}, "Did you mean integrated?"],
    ["nothing-of-it", {}, 'There is no method "nothing-of-it". Methods are'],
    ["grad-cam", {}, '"grad-cam" is a method of xdeep explain, and not served. Methods are'],
    ["layer-cam@/layer3/Relu", {}, '"layer-cam" is a method of xdeep explain, and not served.'],
    ["integrated", { quadratur: "midpoint" }, 'There is no parameter "quadratur". Did you mean quadrature?'],
    ["integrated", { multiply_by_inputs: false }, "Did you mean multiplyByInputs?"],
    ["integrated", { steps: 8 }, "It is called n here."],
    ["smooth", { noiseStd: 8 }, "It is called std here."],
    ["vanilla", { takeMax: true }, "Did you mean take_max?"],
    ["vanilla", { targets: 3 }, "Did you mean target?"],
    ["guided", { rectifiers: 3 }, '"rectifiers" is a list of names of operators'],
    ["guided", { rectifiers: "Relu" }, '"rectifiers" is a list of names of operators'],
    ["guided", { rectifiers: [3] }, '"rectifiers" is a list of names of operators'],
    ["integrated", { multiplyByInputs: "no" }, '"multiplyByInputs" is true or false.'],
    ["vanilla", { nonsense: 3 }, 'There is no parameter "nonsense". Parameters of methods are n, quadrature,'],
  ])("%s %j", async (name, parameters, message) => {
    const made = async (): Promise<unknown> => SERVED_METHODS.create(model, name, parameters);
    await expect(made()).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining(message) as string });
  });

  it.each([
    ["__proto__", {}, 1],
    ["constructor-toString", {}, 1],
    ["integrated", { n: 8 }, 8],
    ["smooth-integrated", {}, 1250],
    ["integrated", { n: {} }, 25],
    ["integrated", { n: "8" }, 25],
    ["smooth", { n: -3 }, 1],
    ["integrated", { tolerance: 1 }, 500],
  ])("%s %j costs a number of gradients, whatever is asked", (name, parameters, cost) => {
    expect(SERVED_METHODS.cost(name, parameters)).toBe(cost);
  });

  it("shows no more of a name than a line holds", async () => {
    const made = async (): Promise<unknown> => SERVED_METHODS.create(model, "x".repeat(100_000), {});
    const error: Error = await made().then(
      () => new Error("was made"),
      (reason: Error) => reason,
    );
    expect(error.message.length).toBeLessThan(400);
  });
});

it("threads are those of ONNX Runtime: models of TensorFlow.js in the same folder are told none", () => {
  expect(threadsOf("a/model.onnx", { threads: 3, gpu: false }, 2)).toBe(3);
  expect(threadsOf("a/model.onnx", { gpu: false }, 1000)).toBe(1);
  expect(threadsOf("a/model.onnx", { gpu: true }, 2)).toBeUndefined();
  expect(threadsOf("b/model.json", { threads: 3, gpu: false }, 2)).toBeUndefined();
});
