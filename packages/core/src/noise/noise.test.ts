import { describe, expect, it } from "vitest";

import { exactLn } from "./exact-ln.ts";
import { createNoise } from "./noise.ts";

/** Φ(x) by Simpson's rule on the density. */
function normalDistribution(x: number): number {
  const steps = 100;
  const h = Math.abs(x) / steps;
  const density = (t: number): number => Math.exp((-t * t) / 2);
  let sum = density(0) + density(x);
  for (let k = 1; k < steps; k++) sum += (k % 2 === 1 ? 4 : 2) * density(k * h);
  return 0.5 + (Math.sign(x) * sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

const mean = (values: Float64Array, f: (value: number, i: number) => number): number => values.reduce((sum, value, i) => sum + f(value, i), 0) / values.length;
/** Four standard errors of a mean of `count` terms. */
const bound = (variance: number, count: number): number => 4 * Math.sqrt(variance / count);

describe("createNoise", () => {
  it("gives these numbers for these seeds, streams and depths, for ever", () => {
    expect([...createNoise(0).next(4)]).toEqual([-0.41241154299187555, 0.4131564964727766, 0.034456784131494375, -1.1365842004856814]);
    expect([...createNoise(7, 1).next(4)]).toEqual([-1.7078670380417198, 1.2240830384607575, 1.3219906584233887, 0.4186766054545589]);
    expect([...createNoise(7, 0, 1).next(2)]).toEqual([1.4519782670033223, 0.04396486742650463]);
    expect([...createNoise(2 ** 32 - 1, 2, 3).next(2)]).toEqual([0.0032320397212917524, 0.2501409188875225]);
  });

  it("gives these numbers where the ziggurat looks closer, in the tail and at the edges of its layers", () => {
    const values = createNoise(1).next(300_000);
    const beyond = values.filter((value) => Math.abs(value) > 3.654152885361009);
    expect([beyond.length, beyond[0], beyond.at(-1)]).toEqual([70, 4.541722256040827, -4.122447950836374]);
    expect(values.reduce((sum, value) => sum + value, 0)).toBe(973.2077443925414);
  });

  it("continues where it stopped, and fills what it is given", () => {
    const source = createNoise(3);
    const values = new Float64Array(2000);
    expect(source.drawInto(values)).toBe(values);
    expect([...values, ...source.next(4)]).toEqual([...createNoise(3).next(2004)]);
  });

  it.each([0, 1, 2, 12345])("has the moments of a normal distribution (seed %i)", (seed) => {
    const values = createNoise(seed).next(1_000_000);
    const deviation = (power: number, expected: number): number => Math.abs(mean(values, (value) => value ** power) - expected);
    expect(deviation(1, 0)).toBeLessThan(bound(1, values.length));
    expect(deviation(2, 1)).toBeLessThan(bound(2, values.length));
    expect(deviation(3, 0)).toBeLessThan(bound(15, values.length));
    expect(deviation(4, 3)).toBeLessThan(bound(96, values.length));
    expect(deviation(6, 15)).toBeLessThan(bound(10170, values.length));
  });

  it.each([0, 1, 2, 12345])("has the distribution of normal numbers (seed %i, Kolmogorov and Smirnov)", (seed) => {
    const values = createNoise(seed).next(100_000).sort();
    const distance = values.reduce((worst, value, i) => {
      const below = normalDistribution(value);
      return Math.max(worst, below - i / values.length, (i + 1) / values.length - below);
    }, 0);
    // Exceeded once in a thousand samples.
    expect(distance).toBeLessThan(1.949 / Math.sqrt(values.length));
  });

  it("goes beyond 3.5 σ, the beginning of the tail, 4 σ and 5 σ as often as it must, on either side", () => {
    const count = 10_000_000;
    const expected: readonly (readonly [number, number])[] = [
      [3.5, 4.652581580710501e-4],
      [3.654152885361009, 2.580324876539013e-4],
      [4, 6.334248366623993e-5],
      [5, 5.733031437583892e-7],
    ];
    const source = createNoise(8);
    const values = new Float64Array(count / 10);
    const extremes: number[] = [];
    for (let part = 0; part < 10; part++) for (const value of source.drawInto(values)) if (Math.abs(value) > 3.5) extremes.push(value);
    for (const [sigmas, probability] of expected) {
      for (const sign of [-1, 1]) {
        const share = extremes.filter((value) => sign * value > sigmas).length / count;
        expect(Math.abs(share - probability / 2)).toBeLessThan(bound(probability / 2, count));
      }
    }
  });

  it("has no serial correlation, of numbers or of their magnitudes", () => {
    const values = createNoise(10).next(1_000_000);
    for (const lag of [1, 2, 3, 4, 7, 16, 128, 1024]) {
      const [head, tail] = [values.subarray(0, -lag), values.subarray(lag)];
      expect(Math.abs(mean(head, (value, i) => value * tail[i]!))).toBeLessThan(bound(1, head.length));
      expect(Math.abs(mean(head, (value, i) => (value ** 2 - 1) * (tail[i]! ** 2 - 1)))).toBeLessThan(bound(4, head.length));
    }
  });

  it("gives unrelated numbers for neighbouring seeds, streams and depths", () => {
    const count = 200_000;
    const base = createNoise(10).next(count);
    for (const other of [createNoise(11), createNoise(10, 1), createNoise(10, 2), createNoise(10, 0, 1), createNoise(10, 1, 1), createNoise(11, 0, 1)]) {
      const values = other.next(count);
      expect(Math.abs(mean(base, (value, i) => value * values[i]!))).toBeLessThan(bound(1, count));
      expect(Math.abs(mean(base, (value, i) => (value ** 2 - 1) * (values[i]! ** 2 - 1)))).toBeLessThan(bound(4, count));
    }
  });

  it.each([-1, 0.5, 2 ** 32, NaN])("refuses seed %d", (seed) => {
    expect(() => createNoise(seed)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

describe("exactLn", () => {
  it("is the logarithm to the last places", () => {
    for (let x = 2 ** -33; x <= 1; x *= 1.0137) expect(Math.abs(exactLn(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.abs(Math.log(x)) + 2e-17);
    expect(exactLn(1)).toBe(0);
  });
});
