import { float32 } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { transpose } from "./transpose.ts";

describe("transpose", () => {
  it("puts axis axes[i] of the tensor at place i", () => {
    const tensor = float32(
      [2, 3, 4],
      Array.from({ length: 24 }, (_, at) => at),
    );
    const { dims, data } = transpose(tensor, [2, 0, 1]);
    expect(dims).toEqual([4, 2, 3]);
    for (let i = 0; i < 2; i++) for (let j = 0; j < 3; j++) for (let k = 0; k < 4; k++) expect(data[(k * 2 + i) * 3 + j]).toBe((i * 3 + j) * 4 + k);
  });
});
