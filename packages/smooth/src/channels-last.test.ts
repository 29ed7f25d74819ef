import { expect, it } from "vitest";

import { channelsLast } from "./channels-last.ts";

it("turns [count, C, H, W] into [count, H, W, C], whole or in pieces", () => {
  const first = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15];
  const turned = [0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15];
  const draws = Float64Array.from([...first, ...first.map((x) => x + 100)]);
  const expected = [...turned, ...turned.map((x) => x + 100)];
  expect([...channelsLast(draws, new Float64Array(24), [2, 3, 2])]).toEqual(expected);
  for (const piece of [1, 5, 7]) {
    const pieces = new Float64Array(24);
    for (let start = 0; start < 24; start += piece) channelsLast(draws, pieces, [2, 3, 2], start, Math.min(24, start + piece));
    expect([...pieces]).toEqual(expected);
  }
});
