import { type Model, type Tensor, float32 } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { smooth } from "@xdeep/smooth";
import { afterAll, describe, expect, it } from "vitest";

import {
  type Metric,
  type Subject,
  completeness,
  deletion,
  faithfulnessCorrelation,
  infidelity,
  insertion,
  maxSensitivity,
  measure,
  pixelFlipping,
} from "../src/index.ts";
import { BACKENDS, W } from "./models.ts";
import { constantMethod, permutations, row } from "./stored.ts";

const valuesOf = async (metric: Metric, subject: Subject): Promise<readonly (number | null)[]> => (await measure(subject, { metric })).metric!.values;

const x = row(0.5, -1, 2, 0.25, 1.5, -0.75);
const TARGET = 1;
const w = Float64Array.from({ length: 6 }, (_, i) => W[2 * i + TARGET]!);

describe.each(BACKENDS)("a linear model on $name", ({ linear }) => {
  const loading = linear();
  afterAll(async () => (await loading).dispose());
  const subjectOf = async (make: (gradient: Backprop) => Subject["method"]): Promise<Subject> => ({
    input: x,
    target: TARGET,
    method: make(new Backprop(await loading)),
  });

  it("has its deletion by contributions below that of every other order", async () => {
    const model = await loading;
    const subject = await subjectOf((gradient) => inputXGradient(gradient));
    const [found] = (await valuesOf(deletion({ steps: 6 }), subject)) as [number];
    // F(x) − Σ of what is removed, by hand: the score after each removal, in every order.
    const contributions = Array.from(w, (weight, i) => weight * x.data[i]!);
    const score = (await model.forward({ feeds: { [model.inputs[0]!.name]: x }, target: TARGET })).scores[0]!;
    const areas = permutations([0, 1, 2, 3, 4, 5]).map((order) => {
      const heights = [score, ...order.map((_, k) => score - order.slice(0, k + 1).reduce((sum, i) => sum + contributions[i]!, 0))];
      return heights.slice(1).reduce((area, height, k) => area + (height + heights[k]!) / 2 / 6, 0);
    });
    expect(found).toBeCloseTo(Math.min(...areas), 5);
    expect(found).toBeLessThan(areas.reduce((sum, area) => sum + area, 0) / areas.length);
    // Insertion goes the other way: with the highest first it is the best of all, too.
    const [returned] = (await valuesOf(insertion({ steps: 6 }), subject)) as [number];
    expect(returned).toBeCloseTo(Math.max(...areas), 5);
    expect(await valuesOf(pixelFlipping(), subject)).toEqual([found]);
  });

  it("has infidelity 0 for the gradient, for integrated gradients without × input, and with it where I is divided by x − x′", async () => {
    const methods: readonly ((gradient: Backprop) => Subject["method"])[] = [
      (gradient) => gradient,
      (gradient) => integrated(gradient, { n: 3, multiplyByInputs: false }),
      (gradient) => integrated(gradient, { n: 3 }),
      (gradient) => inputXGradient(gradient),
    ];
    for (const perturbation of ["noise", "patch"] as const) {
      for (const method of methods) {
        const subject = await subjectOf(method);
        const [found] = (await valuesOf(infidelity({ perturbation, samples: 20 }), subject)) as [number];
        expect(found).toBeLessThan(1e-9);
        expect((await valuesOf(infidelity({ perturbation, samples: 20, normalize: true }), subject))[0]).toBeLessThan(1e-9);
      }
    }
    // Taken for a sensitivity, a contribution is none.
    expect((await valuesOf(infidelity({ form: "sensitivity", samples: 20 }), await subjectOf(inputXGradient)))[0]).toBeGreaterThan(0.1);
  });

  it("has faithfulness correlation 1, completeness 0 and max-sensitivity 0 of the gradient", async () => {
    for (const make of [(gradient: Backprop) => gradient, inputXGradient]) {
      expect((await valuesOf(faithfulnessCorrelation({ samples: 20, subset: 0.5 }), await subjectOf(make)))[0]).toBeCloseTo(1, 5);
    }
    expect((await valuesOf(completeness(), await subjectOf((gradient) => integrated(gradient, { n: 2 }))))[0]).toBeLessThan(1e-5);
    // The bias is no share of any input: Σ w x = F(x) − F(0) all the same.
    expect((await valuesOf(completeness(), await subjectOf(inputXGradient)))[0]).toBeLessThan(1e-5);
    expect(await valuesOf(maxSensitivity({ samples: 3 }), await subjectOf((gradient) => gradient))).toEqual([0]);
  });
});

describe.each(BACKENDS)("a perceptron on $name", ({ perceptron }) => {
  const loading = perceptron();
  afterAll(async () => (await loading).dispose());
  const rows: Tensor = float32(
    [3, 6],
    Array.from({ length: 18 }, (_, i) => Math.sin(3 * i) + 0.1),
  );
  const METRICS: Readonly<Record<string, Metric>> = {
    deletion: deletion({ steps: 4, baseline: "mean" }),
    normalized: deletion({ normalize: true }),
    insertion: insertion({ baseline: 0.3 }),
    flipping: pixelFlipping({ flips: 3 }),
    infidelity: infidelity({ samples: 7 }),
    patches: infidelity({ samples: 7, perturbation: "patch" }),
    correlation: faithfulnessCorrelation({ samples: 9 }),
    sensitivity: maxSensitivity({ samples: 3 }),
    completeness: completeness(),
  };

  it("measures row n of a batch as row n alone, and the same again with the same seed", async () => {
    const model = await loading;
    const method = integrated(new Backprop(model), { n: 4 });
    const whole = await measure({ input: rows, method }, METRICS);
    expect(await measure({ input: rows, method }, METRICS)).toEqual(whole);
    for (const n of [0, 1, 2]) {
      const alone = await measure({ input: float32([1, 6], (rows.data as Float32Array).slice(6 * n, 6 * n + 6)), method, target: null }, METRICS);
      for (const name of Object.keys(METRICS)) expect(alone[name]!.values[0], name).toBeCloseTo(whole[name]!.values[n]!, 5);
    }
  });

  it("infidelity and correlation are what their definitions say, sample by sample", async () => {
    const model = await loading;
    const name = model.inputs[0]!.name;
    const fed: number[][] = [];
    const watched: Model = {
      ...model,
      [Symbol.asyncDispose]: () => Promise.resolve(),
      vjp: (request) => model.vjp(request),
      dispose: () => Promise.resolve(),
      forward(request) {
        const { data } = request.feeds[name] as { data: Float32Array };
        for (let i = 0; i < data.length; i += 6) fed.push(Array.from(data.subarray(i, i + 6)));
        return model.forward(request);
      },
    };
    const input = float32([1, 6], (rows.data as Float32Array).slice(0, 6));
    const { values, target, scores } = await new Backprop(model).explain(input);
    const differencesOf = async (): Promise<readonly { readonly change: readonly number[]; readonly difference: number }[]> =>
      Promise.all(
        fed.slice(0, -1).map(async (point) => {
          const { scores: found } = await model.forward({ feeds: { [name]: float32([1, 6], point) }, target: target[0]! });
          return { change: point.map((value, i) => input.data[i]! - value), difference: scores[0]! - found[0]! };
        }),
      );
    const attribution = await new Backprop(model).explain(input);
    const [unfaithful] = await valuesOf(infidelity({ samples: 11, seed: 3 }), { input, attribution, model: watched });
    const samples = await differencesOf();
    expect(samples).toHaveLength(11);
    const told = samples.map(({ change }) => change.reduce((sum, value, i) => sum + value * values.data[i]!, 0));
    expect(unfaithful).toBeCloseTo(samples.reduce((sum, { difference }, k) => sum + (told[k]! - difference) ** 2, 0) / 11, 4);
    const ranges = Math.max(...input.data) - Math.min(...input.data);
    const spread = Math.sqrt(samples.flatMap(({ change }) => change).reduce((sum, value) => sum + value ** 2, 0) / 66);
    expect(spread / ranges).toBeGreaterThan(0.12);
    expect(spread / ranges).toBeLessThan(0.3);

    fed.length = 0;
    const contribution = await inputXGradient(new Backprop(model)).explain(input);
    const [correlation] = await valuesOf(faithfulnessCorrelation({ samples: 12, subset: 0.5 }), { input, attribution: contribution, model: watched });
    const removed = await differencesOf();
    for (const { change } of removed) expect(change.filter((value) => value !== 0)).toHaveLength(3);
    const sums = removed.map(({ change }) => change.reduce((sum, value, i) => sum + (value === 0 ? 0 : contribution.values.data[i]!), 0));
    const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
    const [a, b] = [sums.map((value) => value - mean(sums)), removed.map(({ difference }) => difference - mean(removed.map((each) => each.difference)))];
    const dot = (p: readonly number[], q: readonly number[]): number => p.reduce((sum, value, k) => sum + value * q[k]!, 0);
    expect(correlation).toBeCloseTo(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 4);
  });
});

describe("what is not defined", () => {
  const loading = BACKENDS[0]!.linear();
  afterAll(async () => (await loading).dispose());

  it("is null, never NaN: correlations of constants, curves without a scale, changes of nothing", async () => {
    const model = await loading;
    const zeros = constantMethod(model, row(0, 0, 0, 0, 0, 0), "input-x-gradient");
    const found = await measure(
      { input: x, method: zeros },
      {
        correlation: faithfulnessCorrelation({ samples: 5 }),
        sensitivity: maxSensitivity({ samples: 2 }),
        infidelity: infidelity({ samples: 3, normalize: true }),
        completeness: completeness(),
      },
    );
    expect(found.correlation.values).toEqual([null]);
    expect(found.sensitivity.values).toEqual([0]);
    expect(Number.isFinite(found.infidelity.values[0])).toBe(true);
    expect(found.completeness.values[0]).toBeCloseTo(1, 6);
    const same = { input: row(2, 2, 2, 2, 2, 2), method: new Backprop(model) };
    expect(await valuesOf(deletion({ baseline: 2, normalize: true }), same)).toEqual([null]);
    expect(await valuesOf(completeness({ baseline: 2, form: "contribution" }), same)).toEqual([null]);
    await expect(measure(same, { a: infidelity() })).rejects.toMatchObject({ code: "NOISE_INVALID" });
    await expect(measure(same, { a: maxSensitivity() })).rejects.toMatchObject({ code: "NOISE_INVALID" });
  });

  it("sensitivities have no completeness, and say so", async () => {
    const { a } = await measure({ input: x, method: smooth(new Backprop(await loading), { n: 2 }) }, { a: completeness() });
    expect(a).toMatchObject({ values: [null], notes: [expect.stringContaining("sensitivities")] });
  });

  it("methods of others have to say what they give", async () => {
    const subject = { input: x, method: constantMethod(await loading, row(1, 2, 3, 4, 5, 6)) };
    for (const metric of [infidelity(), faithfulnessCorrelation(), completeness()]) {
      await expect(measure(subject, { metric })).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("`form`") });
    }
    expect((await valuesOf(infidelity({ form: "contribution", samples: 3 }), subject))[0]).toBeGreaterThan(0);
  });

  it("says what a metric lacks", async () => {
    const model = await loading;
    const attribution = await new Backprop(model).explain(x);
    for (const subject of [{ attribution }, { attribution, model }, { attribution, input: x }] as const) {
      await expect(measure(subject, { metric: deletion() })).rejects.toMatchObject({ code: "OPTION_INVALID", details: { metric: "deletion" } });
    }
    await expect(measure({ attribution, model, input: x }, { metric: maxSensitivity() })).rejects.toMatchObject({
      message: expect.stringContaining("`method`"),
    });
    await expect(measure({ model, input: x }, { metric: deletion() })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(measure({ attribution, model, input: float32([2, 6]) }, { metric: deletion() })).rejects.toMatchObject({ code: "INPUT_SHAPE" });
    const other = { ...attribution, values: float32([1, 5]), toJSON: attribution.toJSON };
    await expect(measure({ attribution: other, model, input: x }, { metric: deletion() })).rejects.toMatchObject({ code: "INPUT_SHAPE" });
    await expect(measure({ attribution, model, input: x }, { metric: deletion({ baseline: "blur" }) })).rejects.toMatchObject({ code: "BASELINE_INVALID" });
    await expect(measure({ attribution, model, input: x }, { metric: deletion({ baseline: float32([4]) }) })).rejects.toMatchObject({
      code: "BASELINE_INVALID",
    });
  });

  it("stops when it is aborted, and reports every run", async () => {
    const model = await loading;
    const controller = new AbortController();
    const seen: number[] = [];
    const options = {
      signal: controller.signal,
      onProgress: ({ done, total }: { done: number; total: number }) => {
        seen.push(done / total);
        if (done === 2) controller.abort(new Error("enough"));
      },
    };
    const subject = { input: x, method: new Backprop(model) };
    await expect(measure(subject, { a: infidelity({ samples: 4000 }) }, options)).rejects.toThrow("enough");
    expect(seen).toHaveLength(2);
    expect((await valuesOf(infidelity({ samples: 2 }), subject))[0]).toBeLessThan(1e-9);
  });
});
