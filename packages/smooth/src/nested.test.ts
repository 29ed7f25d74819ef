import { type Explainer, type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { smooth } from "./smooth.ts";

/** Two inputs that move, a float64 one among them, and integers between them that do not. */
const inputs = [
  { name: "a", dims: [2] },
  { name: "k", dims: [1], type: "int32" as const },
  { name: "b", dims: [2, 1], type: "float64" as const },
];
const STEPS = 3;

/** a and b in a row. */
type Point = readonly number[];
type Gradient = (x: Point) => Promise<Point>;

const rowsOf = (points: readonly Point[], batch: readonly number[] = [points.length]): Record<string, Tensor> => ({
  a: float32(
    [...batch, 2],
    points.flatMap((point) => point.slice(0, 2)),
  ),
  b: { type: "float64", dims: [...batch, 2, 1], data: Float64Array.from(points.flatMap((point) => point.slice(2))) },
});
const feedsOf = (points: readonly Point[], k: readonly number[]): Record<string, Tensor> => ({
  ...rowsOf(points),
  k: { type: "int32", dims: [points.length, 1], data: Int32Array.from(k) },
});
const mean = (lists: readonly Point[]): Point => lists[0]!.map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0) / lists.length);
const all = async <T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<readonly R[]> => Promise.all(items.map(map));

/** The definitions, one gradient at a time. */
const pathMean = (gradient: Gradient, starts: readonly Point[]): Gradient => {
  const alphas = Array.from({ length: STEPS }, (_, k) => (k + 0.5) / STEPS);
  return async (x) => {
    const of = async (start: Point): Promise<Point> => {
      const slope = mean(await all(alphas, (alpha) => gradient(x.map((value, i) => start[i]! + alpha * (value - start[i]!)))));
      return slope.map((value, i) => value * (x[i]! - start[i]!));
    };
    return mean(await all(starts, of));
  };
};
const noiseMean =
  (gradient: Gradient, noise: readonly Point[]): Gradient =>
  async (x) =>
    mean(await all(noise, (draw) => gradient(x.map((value, i) => value + draw[i]!))));

const number = fc.float({ min: -2, max: 2, noNaN: true });
const point = fc.array(number, { minLength: 4, maxLength: 4 });

describe("methods inside one another", () => {
  it("are their definitions, whatever the inputs, the baselines of each row, the batch and the runs, and after a call that was aborted", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(50),
          rows: fc.array(point, { minLength: 1, maxLength: 3 }),
          noise: fc.array(point, { minLength: 2, maxLength: 2 }),
          starts: fc.array(point, { minLength: 3, maxLength: 3 }),
          baseline: fc.constantFrom("number" as const, "rows" as const, "list" as const),
          nested: fc.constantFrom("integrated", "smooth(integrated)", "integrated(smooth)", "smooth(smooth)", "integrated(integrated)"),
          preferredBatch: fc.integer({ min: 1, max: 5 }),
        }),
        async ({ seed, rows, noise, starts, baseline, nested, preferredBatch }) => {
          const model = analyticModel({
            inputs,
            layers: randomLayers([5, 8, 3], seed % 2 === 0 ? "relu" : "softplus", seed),
            capabilities: { preferredBatch },
          });
          const own = rows.map((_, row) => starts[row]!);
          const option = { number: 0.5, rows: rowsOf(own), list: [0.5, rowsOf(own)] }[baseline];
          const startsOf = (row: number): readonly Point[] => {
            const half = [0.5, 0.5, 0.5, 0.5];
            return { number: [half], rows: [own[row]!], list: [half, own[row]!] }[baseline];
          };
          const path = (explainer: Explainer): Explainer => integrated(explainer, { n: STEPS, baseline: option });
          const noisy = (explainer: Explainer): Explainer => smooth(explainer, { noise: rowsOf(noise) });
          const layers = nested.split(/[()]/).filter((name) => name !== "");
          const explainer = layers.reduceRight((inside, name) => (name === "smooth" ? noisy(inside) : path(inside)), new Backprop(model) as Explainer);
          const input = feedsOf(rows, [...rows.keys()]);
          const target = rows.map((_, row) => row);

          const controller = new AbortController();
          const aborted = explainer.explain(input, { target, signal: controller.signal, onProgress: () => controller.abort() });
          await aborted.catch((error: unknown) => expect(error).toBe(controller.signal.reason));
          const { values } = await explainer.explain(input, { target });
          for (const [row, x] of rows.entries()) {
            const gradient: Gradient = async (at) => {
              const { gradients } = await model.vjp({ feeds: feedsOf([at], [row]), target: row });
              return [...gradients["a"]!.data, ...gradients["b"]!.data];
            };
            const definition = layers.reduceRight((inside, name) => (name === "smooth" ? noiseMean(inside, noise) : pathMean(inside, startsOf(row))), gradient);
            const expected = await definition(x);
            const actual = [...values["a"]!.data.slice(2 * row, 2 * row + 2), ...values["b"]!.data.slice(2 * row, 2 * row + 2)];
            for (const [i, value] of actual.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
          }
        },
      ),
      { seed: 1, numRuns: 25 },
    );
  });
});
