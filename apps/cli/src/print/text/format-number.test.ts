import { expect, it } from "vitest";

import { formatDims, formatDuration, formatNumber, formatPercent, formatProbability } from "./format-number.ts";

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

it("prints how long something takes", () => {
  expect([0, 34.2, 91, 5400, 6180, 200_000, 864_000].map(formatDuration)).toEqual(["0 s", "35 s", "2 min", "1 h 30 min", "1 h 43 min", "2 days", "10 days"]);
});

it("prints open sizes", () => {
  expect(formatDims([null, 3, null, "W"])).toBe("[N, 3, ?, W]");
});
