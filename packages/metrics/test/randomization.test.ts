import { type Model, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { describe, expect, it } from "vitest";

import { type RandomizedModels, efficientMprt, evaluate, measure, mprt, randomize, randomizedModels, smoothMprt } from "../src/index.ts";
import { BACKENDS } from "./models.ts";
import { constantMethod, row } from "./stored.ts";

const x = row(0.5, -1, 2, 0.25, 1.5, -0.75);
const gradient = (model: Model): Backprop => new Backprop(model);
const blind = (model: Model): ReturnType<typeof constantMethod> => constantMethod(model, row(3, 1, -4, 1, 5, -9), "vanilla");

describe.each(BACKENDS)("weights permuted on $name", ({ linear, perceptron }) => {
  it("keep what each tensor holds, in an order of the seed, from the output down", async () => {
    const read = async (options: Parameters<typeof randomize>[1]): Promise<readonly (readonly number[])[]> => {
      const tensors: (readonly number[])[] = [];
      const model = await randomize(
        (weights) =>
          perceptron((name, tensor) => {
            const after = weights(name, tensor);
            tensors.push([...after.data]);
            return after;
          }),
        options,
      );
      await model.dispose();
      return tensors.slice(-2);
    };
    const original: (readonly number[])[] = [];
    await (await perceptron((_, tensor) => (original.push([...tensor.data]), tensor))).dispose();
    const all = await read({ seed: 2 });
    for (const k of [0, 1]) {
      expect(all[k]).not.toEqual(original[k]);
      expect(all[k]!.toSorted()).toEqual(original[k]!.toSorted());
    }
    // 5 × 2 weights before the output, 6 × 5 behind the input.
    expect(original.map((values) => values.length)).toEqual([30, 10]);
    const [first, second] = await read({ seed: 2, share: 0.5 });
    expect(first).toEqual(original[0]);
    expect(second).toEqual(all[1]);
    expect(await read({ seed: 2, share: 0.1 })).toEqual([first, second]);
    expect(await read({ seed: 3 })).not.toEqual(all);
  });

  it("MPRT is 1 and its efficient form 0 for a method that ignores weights, and less than 1 for the gradient", async () => {
    const models = randomizedModels((weights) => perceptron(weights), { stages: 2 });
    const model = await perceptron();
    const metrics = {
      mprt: mprt(models),
      smooth: smoothMprt(models, { samples: 3 }),
      efficient: efficientMprt(models),
      pearson: mprt(models, { similarity: "pearson" }),
    };
    const { results } = await evaluate({ gradient, blind }, x, metrics, { model });
    for (const name of ["mprt", "smooth", "pearson"]) {
      expect(results[name]!.blind!.values).toEqual([1]);
      expect(results[name]!.gradient!.values[0]).toBeLessThan(0.99);
    }
    expect(results.efficient!.blind!.values).toEqual([0]);
    expect(results.mprt!.gradient!.curves).toEqual([{ x: [0, 0.5, 1], y: [1, expect.any(Number), expect.any(Number)] }]);
    await Promise.all([models.dispose(), model.dispose()]);
  });

  it("MPRT is the mean rank correlation of both explanations, by hand", async () => {
    const load = (weights: Parameters<Parameters<typeof randomize>[0]>[0]): Promise<Model> => linear(weights);
    const models = randomizedModels(load, { stages: 1, seed: 4 });
    const [model, other] = [await linear(), await randomize(load, { seed: 4 })];
    const { found } = await measure({ input: x, method: gradient, model, target: 0 }, { found: mprt(models) });
    const ranksOf = (values: Float32Array): readonly number[] => [...values].map((value) => [...values].filter((each) => each < value).length);
    const [a, b] = await Promise.all([model, other].map(async (each) => ranksOf((await gradient(each).explain(x, { target: 0 })).values.data)));
    // Without ties: 1 − 6 Σ d² / (n (n² − 1)).
    const squares = a!.reduce((sum, rank, i) => sum + (rank - b![i]!) ** 2, 0);
    expect(found.values[0]).toBeCloseTo(1 - (6 * squares) / (6 * 35), 10);
    await Promise.all([models.dispose(), model.dispose(), other.dispose()]);
  });
});

describe("randomised models", () => {
  const { perceptron } = BACKENDS[0]!;

  it("are loaded once each, when they are asked for, and freed together", async () => {
    let loaded = 0;
    const disposed: Model[] = [];
    const models: RandomizedModels = randomizedModels(
      async (weights) => {
        const model = await perceptron(weights);
        loaded += 1;
        return {
          ...model,
          inputs: model.inputs,
          vjp: (request) => model.vjp(request),
          forward: (request) => model.forward(request),
          [Symbol.asyncDispose]: () => model.dispose(),
          async dispose() {
            disposed.push(model);
            await model.dispose();
          },
        };
      },
      { stages: 3 },
    );
    expect(loaded).toBe(0);
    expect(await models.at(3)).toBe(await models.at(3));
    expect(loaded).toBe(1);
    await models.dispose();
    expect(disposed).toHaveLength(1);
    await models.dispose();
    expect(disposed).toHaveLength(1);
  });

  it("that fail to load tell so each time", async () => {
    const models = randomizedModels(() => Promise.reject(new Error("no such file")));
    await expect(models.at(1)).rejects.toThrow("no such file");
    await expect(models.at(1)).rejects.toThrow("no such file");
    await models.dispose();
  });

  it("ask for a method that can explain another model", async () => {
    const model = await perceptron();
    const models = randomizedModels((weights) => perceptron(weights));
    for (const metric of [mprt(models), smoothMprt(models), efficientMprt(models)]) {
      await expect(measure({ input: x, method: gradient(model) }, { metric })).rejects.toMatchObject({ code: "OPTION_INVALID", details: { option: "method" } });
    }
    expect(() => mprt(models, { similarity: "cosine" } as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    await expect(randomize(() => perceptron(), { share: 0 })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await Promise.all([model.dispose(), models.dispose()]);
  });

  it("a constant explanation is like itself, and unlike any that is not constant", async () => {
    const models = randomizedModels((weights) => perceptron(weights), { stages: 1 });
    const model = await perceptron();
    const constant = (of: Model): ReturnType<typeof constantMethod> => constantMethod(of, float32([1, 6], new Float32Array(6).fill(2)));
    const { similar, efficient } = await measure({ input: x, method: constant, model }, { similar: mprt(models), efficient: efficientMprt(models) });
    expect([similar.values, efficient.values]).toEqual([[1], [null]]);
    const attribution = await constant(model).explain(x);
    expect((await measure({ input: x, attribution, method: gradient, model }, { similar: mprt(models) })).similar.values).toEqual([0]);
    await Promise.all([model.dispose(), models.dispose()]);
  });
});
