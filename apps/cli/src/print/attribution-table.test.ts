import { float32 } from "@xdeep/core";
import { expect, it } from "vitest";

import { attributionTable } from "./attribution-table.ts";

it("keeps the order of few features, and names them", () => {
  const { text, left } = attributionTable(float32([1, 3], [1, -2, 0]), ["age", "income"]);
  expect(left).toBe(0);
  expect(text.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["0", "age", "1", "+".repeat(10)],
    ["1", "income", "-2", "-".repeat(20)],
    ["2", "0"],
  ]);
});

it("shows the largest of many features, with their place in the row", () => {
  const { text, left } = attributionTable(
    float32(
      [1, 5, 5],
      Array.from({ length: 25 }, (_, i) => (i === 7 ? -100 : i / 10)),
    ),
    null,
  );
  expect(left).toBe(5);
  expect(text.split("\n")[0]).toMatch(/^ +\[1, 2\] +-100 {2}-{20}$/);
  expect(text).not.toContain("[0, 0]");
});
