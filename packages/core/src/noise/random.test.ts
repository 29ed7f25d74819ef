import { expect, it } from "vitest";

import { createRandom } from "./random.ts";

it("gives the same numbers for the same seed and stream, and others for another", () => {
  const numbers = (seed: number, stream = 0): readonly number[] => {
    const random = createRandom(seed, stream);
    return Array.from({ length: 8 }, () => random.uniform());
  };
  expect(numbers(3)).toEqual(numbers(3));
  expect(numbers(3, 1)).not.toEqual(numbers(3));
  expect(numbers(4)).not.toEqual(numbers(3));
  expect(() => createRandom(-1)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
});

it("draws every integer below n alike", () => {
  const random = createRandom(1);
  const counts = Array.from({ length: 7 }, () => 0);
  for (let i = 0; i < 70_000; i++) counts[random.below(7)]! += 1;
  // Six degrees of freedom: χ² exceeds 22.5 once in a thousand seeds.
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquare).toBeLessThan(22.5);
});

it("puts lists in every order alike, and keeps what they hold", () => {
  const random = createRandom(2);
  const orders = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = String(random.shuffle([0, 1, 2]));
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect([...orders.keys()].toSorted()).toEqual(["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"]);
  const chiSquare = [...orders.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquare).toBeLessThan(20.5);
});

it("draws subsets: the first places of a list that is shuffled in part", () => {
  const random = createRandom(5);
  const counts = Array.from({ length: 5 }, () => 0);
  for (let i = 0; i < 10_000; i++) for (const item of random.shuffle([0, 1, 2, 3, 4], 2).slice(0, 2)) counts[item]! += 1;
  for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(250);
});
