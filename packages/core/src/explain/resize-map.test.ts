import { expect, it } from "vitest";

import { resizePlane } from "./resize-map.ts";

it("is bilinear with half-pixel centres, edges repeated", () => {
  expect([...resizePlane(Float32Array.of(0, 1), [1, 2], [1, 4])]).toEqual([0, 0.25, 0.75, 1]);
  expect([...resizePlane(Float32Array.of(0, 1, 2, 3), [2, 2], [3, 3])]).toEqual([0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3]);
  expect([...resizePlane(Float32Array.of(5), [1, 1], [2, 2])]).toEqual([5, 5, 5, 5]);
});
