import { expect, it } from "vitest";

import { bottlenecks } from "./bottlenecks.ts";

const step = (reads: string, makes: string) => ({ reads: [...reads], makes: [...makes] });

it("are the values that no path goes round", () => {
  const steps = [step("x", "a"), step("a", "b"), step("a", "c"), step("bc", "d"), step("d", "y")];
  expect(bottlenecks(steps, "x", "y")).toEqual(["a", "d", "y"]);
});

it("are only the ends where a path skips everything", () => {
  expect(bottlenecks([step("x", "a"), step("a", "b"), step("xb", "y")], "x", "y")).toEqual(["y"]);
});

it("are found where there are more paths than numbers hold, and where a value is read twice", () => {
  const doubling = Array.from({ length: 200 }, (_, i) => ({ reads: [i, i], makes: [i + 1] }));
  expect(bottlenecks(doubling, 0, 200)).toHaveLength(200);
});
