import { createNoise } from "@xdeep/core/method";

/** What is measured, with mean and spread over all fruit. */
export const FEATURES = [
  { name: "weight (g)", mean: 110, spread: 55 },
  { name: "length (mm)", mean: 67, spread: 18 },
  { name: "roundness", mean: 0.84, spread: 0.1 },
  { name: "redness", mean: 0.45, spread: 0.27 },
  { name: "firmness (N)", mean: 45, spread: 22 },
];

/** Each fruit with the mean and the spread of its measurements. */
export const FRUITS = [
  {
    name: "apple",
    of: [
      [175, 25],
      [76, 7],
      [0.93, 0.04],
      [0.6, 0.2],
      [70, 10],
    ],
  },
  {
    name: "lemon",
    of: [
      [110, 18],
      [82, 8],
      [0.72, 0.05],
      [0.18, 0.06],
      [42, 8],
    ],
  },
  {
    name: "plum",
    of: [
      [50, 12],
      [45, 5],
      [0.88, 0.05],
      [0.6, 0.15],
      [25, 7],
    ],
  },
];

/**
 * Measurements of one fruit, the kind `seed % 3`.
 *
 * @param {number} seed
 * @returns {number[]}
 */
export function drawFruit(seed) {
  const random = createNoise(seed).next(FEATURES.length);
  return FRUITS[seed % FRUITS.length].of.map(([mean, deviation], n) => mean + deviation * random[n]);
}
