import { analyticModel, randomLayers } from "@xdeep/test-models";
import { expect, it } from "vitest";

import { createDraws } from "./draws.ts";

it("gives the same noise in pieces as at once, however large, with a pause after each", async () => {
  const model = analyticModel({
    inputs: [
      { name: "large", dims: [40_000] },
      { name: "small", dims: [3] },
    ],
    layers: randomLayers([40_003, 2], "relu"),
  });
  const draws = () => createDraws(model, { seed: 7, mean: 0, spread: { std: 1 } }, { large: [40_000], small: [3] }, 0);
  const [whole, pieces] = [draws(), draws()];
  let pauses = 0;
  const pause = async (): Promise<void> => void pauses++;
  for (const count of [2, 1]) expect(await pieces.nextInPieces(count, pause)).toEqual(whole.next(count));
  // 80,000 and 40,000 numbers by 8,192, and twice a few.
  expect(pauses).toBe(10 + 5 + 2);
});
