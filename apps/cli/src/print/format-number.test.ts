import { expect, it } from "vitest";

import { formatDims, formatNumber, formatPercent, formatProbability } from "./format-number.ts";

it("prints numbers of any size in a few digits", () => {
  expect([0, 1, -0.319041, 29.5812301, 3656.28, 1.23456e-7, -9.87654e12].map(formatNumber)).toEqual([
    "0",
    "1",
    "-0.31904",
    "29.581",
    "3656.3",
    "1.235E-7",
    "-9.877E12",
  ]);
  expect([0.0123, 0.00406, 2].map(formatPercent)).toEqual(["1.2%", "0.41%", "200%"]);
  expect([0.93851, 1, 2e-9].map(formatProbability)).toEqual(["0.9385", "1.0000", "0.0000"]);
});

it("prints open sizes", () => {
  expect(formatDims([null, 3, null, "W"])).toBe("[N, 3, ?, W]");
});
