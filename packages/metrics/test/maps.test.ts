import { float32 } from "@xdeep/core";
import { layerGradientXActivation } from "@xdeep/layers";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { complexity, deletion, measure, pointingGame, relevanceMass, relevanceRank, sparseness } from "../src/index.ts";
import { row, stored } from "./stored.ts";

const valueOf = async (metric: Parameters<typeof measure>[1][string], subject: Parameters<typeof measure>[0]): Promise<number | null> =>
  (await measure(subject, { metric })).metric!.values[0]!;
const mapOf = async (metric: Parameters<typeof measure>[1][string], ...values: number[]): Promise<number | null> =>
  valueOf(metric, { attribution: stored(row(...values)) });

const masses = fc
  .array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 12 })
  .filter((values) => values.some((value) => Math.abs(value) > 1e-3));

describe("sparseness, the Gini index of |A|", () => {
  it("is 1 − 1/n for one entry among n, and 0 where all are alike", async () => {
    for (const n of [2, 5, 64]) {
      expect(await mapOf(sparseness(), ...Array.from({ length: n }, (_, i) => (i === 1 ? -3 : 0)))).toBeCloseTo(1 - 1 / n, 12);
      expect(await mapOf(sparseness(), ...Array.from({ length: n }, () => 0.7))).toBeCloseTo(0, 12);
    }
  });

  it("is the mean absolute difference of all pairs over twice the mean, the definition by pairs", async () => {
    await fc.assert(
      fc.asyncProperty(masses, async (values) => {
        const sizes = Array.from(Float32Array.from(values), Math.abs);
        const mean = sizes.reduce((sum, value) => sum + value, 0) / sizes.length;
        const pairs = sizes.flatMap((a) => sizes.map((b) => Math.abs(a - b))).reduce((sum, value) => sum + value, 0);
        expect(await mapOf(sparseness(), ...values)).toBeCloseTo(pairs / (2 * sizes.length ** 2 * mean), 10);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("does not depend on the scale, the sign or the order of the entries", async () => {
    await fc.assert(
      fc.asyncProperty(masses, async (values) => {
        const changed = values.map((value, i) => (i % 2 === 0 ? -4 : 4) * value).toReversed();
        expect(await mapOf(sparseness(), ...changed)).toBeCloseTo((await mapOf(sparseness(), ...values))!, 10);
      }),
      { seed: 2, numRuns: 50 },
    );
  });
});

describe("complexity, the entropy of |A|", () => {
  it("is ln n where all entries are alike, and 0 where one has everything", async () => {
    for (const n of [1, 2, 7, 100]) expect(await mapOf(complexity(), ...Array.from({ length: n }, () => -2))).toBeCloseTo(Math.log(n), 12);
    expect(await mapOf(complexity(), 0, 0, 5, 0)).toBe(0);
    expect(await mapOf(complexity(), 1, 3)).toBeCloseTo(-(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 12);
  });

  it("lies between 0 and ln n", async () => {
    await fc.assert(
      fc.asyncProperty(masses, async (values) => {
        const found = (await mapOf(complexity(), ...values))!;
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(Math.log(values.length) + 1e-12);
      }),
      { seed: 3, numRuns: 50 },
    );
  });
});

/** Two channels of 2 × 3 whose sum is 5 −1 0 / 0 3 1, and a mask over the last column. */
const picture = stored(float32([1, 2, 2, 3], [6, -2, 0, 0, 2, 1, -1, 1, 0, 0, 1, 0]));
const lastColumn = float32([2, 3], [0, 0, 1, 0, 0, 1]);
const firstColumn = { type: "bool" as const, dims: [1, 2, 3], data: Uint8Array.of(1, 0, 0, 1, 0, 0) };

describe("where a map lies", () => {
  it("channels are summed, and what is negative is cut", async () => {
    expect(await valueOf(pointingGame(), { attribution: picture, mask: firstColumn })).toBe(1);
    expect(await valueOf(pointingGame(), { attribution: picture, mask: lastColumn })).toBe(0);
    expect(await valueOf(relevanceMass(), { attribution: picture, mask: lastColumn })).toBeCloseTo(1 / 9, 12);
    expect(await valueOf(relevanceMass(), { attribution: picture, mask: firstColumn })).toBeCloseTo(5 / 9, 12);
    // The two highest are 5 in the first column and 3 in the second.
    expect(await valueOf(relevanceRank(), { attribution: picture, mask: firstColumn })).toBe(0.5);
    expect(await valueOf(relevanceMass({ absolute: true }), { attribution: picture, mask: float32([2, 3], [0, 1, 0, 0, 0, 0]) })).toBeCloseTo(0.1, 12);
  });

  it("of channels that come last is the same", async () => {
    const turned = stored(float32([1, 2, 3, 2], [6, -1, -2, 1, 0, 0, 0, 0, 2, 1, 1, 0]));
    for (const metric of [pointingGame(), relevanceMass(), relevanceRank()]) {
      for (const mask of [lastColumn, firstColumn]) {
        expect(await valueOf(metric, { attribution: turned, mask })).toBe(await valueOf(metric, { attribution: picture, mask }));
      }
    }
  });

  it("is by chance where the map is alike everywhere, and nowhere where nothing is positive", async () => {
    const alike = stored(float32([1, 1, 2, 3], [2, 2, 2, 2, 2, 2]));
    const negative = stored(float32([1, 1, 2, 3], [-1, -2, -3, -1, -1, 0]));
    for (const metric of [pointingGame(), relevanceMass(), relevanceRank()]) {
      expect(await valueOf(metric, { attribution: alike, mask: lastColumn })).toBeCloseTo(1 / 3, 12);
      expect(await valueOf(metric, { attribution: negative, mask: lastColumn })).toBe(0);
    }
  });

  it("a layer's map is enlarged to the mask, bilinearly", async () => {
    const layer = stored(float32([1, 1, 1, 2], [0, 1]), { layer: "h" });
    const mask = float32([1, 1, 4], [0, 0, 1, 1]);
    // 0, 1/4, 3/4, 1
    expect(await valueOf(relevanceMass(), { attribution: layer, mask })).toBeCloseTo(1.75 / 2, 7);
    await expect(measure({ attribution: stored(float32([1, 1, 1, 2], [0, 1])), mask }, { a: relevanceMass() })).rejects.toMatchObject({ code: "INPUT_SHAPE" });
  });

  it("a blur finds the middle of what single pixels outshine", async () => {
    const values = Array.from({ length: 81 }, (_, i) => (i === 8 ? 1.2 : Math.abs((i % 9) - 4) <= 1 && Math.abs(Math.floor(i / 9) - 4) <= 1 ? 1 : 0));
    const attribution = stored(float32([1, 1, 9, 9], values));
    const mask = float32(
      [9, 9],
      Array.from({ length: 81 }, (_, i) => Number(i === 40)),
    );
    expect(await valueOf(pointingGame(), { attribution, mask })).toBe(0);
    expect(await valueOf(pointingGame({ blur: 1 }), { attribution, mask })).toBe(1);
  });

  it("a blur does not let what is negative take from what is positive beside it", async () => {
    const values = new Float32Array(81);
    for (const [row, column] of [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [2 + dy, 2 + dx] as const))) values[9 * row + column] = -1;
    values[9 * 2 + 2] = 2;
    values[9 * 6 + 6] = 1;
    const mask = float32([9, 9], new Float32Array(81).fill(1, 9 * 2 + 2, 9 * 2 + 3));
    expect(await valueOf(pointingGame({ blur: 1 }), { attribution: stored(float32([1, 1, 9, 9], values)), mask })).toBe(1);
  });

  it("lies inside and outside as a whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 12, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        async (values, inside) => {
          fc.pre(inside.includes(true) && inside.includes(false) && values.some((value) => value > 1e-3));
          const attribution = stored(float32([1, 1, 3, 4], values));
          const [here, there] = [inside, inside.map((value) => !value)].map((list) => float32([3, 4], list.map(Number)));
          const sum = (await valueOf(relevanceMass(), { attribution, mask: here! }))! + (await valueOf(relevanceMass(), { attribution, mask: there! }))!;
          expect(sum).toBeCloseTo(1, 10);
          for (const metric of [pointingGame(), relevanceRank()]) {
            const found = (await valueOf(metric, { attribution, mask: here! }))!;
            expect(found).toBeGreaterThanOrEqual(0);
            expect(found).toBeLessThanOrEqual(1);
          }
        },
      ),
      { seed: 4, numRuns: 50 },
    );
  });
});

describe("what cannot be measured", () => {
  it("zeros have no sparseness and no complexity: null, and a note", async () => {
    const found = await measure({ attribution: stored(row(0, 0)) }, { sparseness: sparseness(), complexity: complexity() });
    expect(found.sparseness).toMatchObject({ values: [null], notes: [expect.stringContaining("zeros")] });
    expect(found.complexity.values).toEqual([null]);
  });

  it("NaN in a map or a mask is refused, and so are masks that are empty, missing or of another size", async () => {
    const code = (name: string): object => ({ code: name });
    await expect(measure({ attribution: stored(row(1, NaN)) }, { a: sparseness() })).rejects.toMatchObject(code("INPUT_NOT_FINITE"));
    await expect(measure({ attribution: picture, mask: float32([2, 3], [0, NaN, 0, 0, 0, 0]) }, { a: pointingGame() })).rejects.toMatchObject(
      code("INPUT_NOT_FINITE"),
    );
    for (const metric of [pointingGame(), relevanceMass(), relevanceRank()]) {
      await expect(measure({ attribution: picture, mask: float32([2, 3]) }, { metric })).rejects.toMatchObject(code("OPTION_INVALID"));
      await expect(measure({ attribution: picture }, { metric })).rejects.toMatchObject(code("OPTION_INVALID"));
      await expect(measure({ attribution: picture, mask: float32([3, 2], [1, 0, 0, 0, 0, 0]) }, { metric })).rejects.toMatchObject(code("INPUT_SHAPE"));
      await expect(measure({ attribution: picture, mask: float32([2, 2, 3], new Float32Array(12).fill(1)) }, { metric })).rejects.toMatchObject(
        code("INPUT_SHAPE"),
      );
    }
  });

  it("a stored attribution is read back from JSON and its text, and measures the same", async () => {
    const json = JSON.stringify(picture);
    for (const attribution of [json, JSON.parse(json)])
      expect(await valueOf(sparseness(), { attribution })).toBe(await valueOf(sparseness(), { attribution: picture }));
    await expect(measure({ attribution: "{}" }, { a: sparseness() })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("options that there are not are refused by name", () => {
    expect(() => pointingGame({ blurr: 1 } as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining('"blur"') }));
    expect(() => relevanceMass({ blur: 1 } as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => sparseness({ features: "pixels" } as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

describe("an attribution to a layer that has not its size, as maps of attention", () => {
  it("is refused by measures that change the layer, and says what to leave out", async () => {
    const model = analyticModel({ inputs: [{ name: "x", dims: [3] }], layers: randomLayers([3, 6, 4]) });
    const input = float32([1, 3], [1, -2, 0.5]);
    const found = await layerGradientXActivation(model, { layer: "layer1" }).explain(input, { target: 1 });
    const attribution = { ...found, values: float32([1, 2], [1, 2]), toJSON: found.toJSON };
    await expect(measure({ attribution, model, input }, { metric: deletion() })).rejects.toMatchObject({
      code: "INPUT_SHAPE",
      message: expect.stringContaining("Leave this method or this metric out"),
    });
  });
});
