import { analyticModel, randomLayers } from "@xdeep/test-models";
import { expect, it } from "vitest";

import { createDraws } from "./draws.ts";

const bytes = ({ buffer, byteOffset, byteLength }: Float64Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

it("gives the same noise in pieces as at once, however large and whichever way axes run, with a pause after each", async () => {
  const model = analyticModel({
    inputs: [
      { name: "large", dims: [40_000] },
      { name: "picture", dims: [50, 60, 3], layout: "NHWC" },
      { name: "small", dims: [3] },
    ],
    layers: randomLayers([1, 2], "relu"),
  });
  const draws = () => createDraws(model, { seed: 7, mean: 0, spread: { std: 1 } }, { large: [40_000], picture: [50, 60, 3], small: [3] }, 0);
  const [whole, pieces] = [draws(), draws()];
  let pauses = 0;
  const pause = async (): Promise<void> => void pauses++;
  for (const count of [2, 1]) {
    const [one, other] = [await pieces.nextInPieces(count, pause), whole.next(count)];
    for (const name of ["large", "picture", "small"]) expect(bytes(one[name]!).equals(bytes(other[name]!))).toBe(true);
  }
  // 80,000 and 40,000 numbers by 8,192, 18,000 and 9,000 that are drawn and turned, and twice a few.
  expect(pauses).toBe(10 + 5 + 2 * (3 + 2) + 2);
});
