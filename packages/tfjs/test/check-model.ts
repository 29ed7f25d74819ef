import { type FloatTensor, type Model, type ScoreRequest, float32, sizeOf } from "@xdeep/core";

import { expectClose } from "./compare.ts";
import { seeded } from "./seeded.ts";

/** Seeded values for every float input of a model, free sizes other than the batch as given. */
export function seededFeeds(model: Model, rows: number, seed = 1, free = 5): Readonly<Record<string, FloatTensor>> {
  return Object.fromEntries(
    model.inputs.map(({ name, dims }, i) => {
      const concrete = dims.map((size, axis) => (axis === 0 ? rows : (size ?? free)));
      return [name, float32(concrete, seeded(seed + i, sizeOf(concrete)))];
    }),
  );
}

/**
 * Asserts that input gradients agree with central differences of the scores along random directions, all rows at once. float32 and kinks
 * limit what differences can tell; formulas are checked closely elsewhere, and here only that a network is put together rightly.
 */
export async function expectDerivative(model: Model, request: ScoreRequest = {}, tolerance = 2e-3, step = 1e-3): Promise<void> {
  const feeds = seededFeeds(model, 3);
  const { gradients, target } = await model.vjp({ ...request, feeds });
  for (const [name, gradient] of Object.entries(gradients)) {
    const rowSize = gradient.data.length / 3;
    const expected: number[] = [];
    const actual: number[] = [];
    for (let trial = 0; trial < 4; trial++) {
      const direction = seeded(100 + trial, gradient.data.length);
      const scoresAt = async (sign: number): Promise<Float32Array> => {
        const x = feeds[name]!;
        const moved = float32(
          x.dims,
          x.data.map((value, i) => value + sign * step * direction[i]!),
        );
        return (await model.forward({ ...request, feeds: { ...feeds, [name]: moved }, target })).scores;
      };
      const [up, down] = [await scoresAt(1), await scoresAt(-1)];
      for (let row = 0; row < 3; row++) {
        expected.push((up[row]! - down[row]!) / (2 * step));
        actual.push(gradient.data.subarray(row * rowSize, (row + 1) * rowSize).reduce((sum, g, i) => sum + g * direction[row * rowSize + i]!, 0));
      }
    }
    expectClose(actual, expected, tolerance);
  }
}
