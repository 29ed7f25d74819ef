import { describe, expect, it } from "vitest";

import { integerBaseline } from "./baseline.ts";
import type { Tensor } from "../tensors/tensor.ts";

const ids = (dims: readonly number[], ...values: number[]): Tensor => ({ type: "int64", dims, data: BigInt64Array.from(values, BigInt) });
const fed = ids([2, 3], 5, 6, 7, 8, 9, 10);

describe("a baseline of integers", () => {
  it.each([
    ["a number", 4, [4, 4, 4, 4, 4, 4]],
    ["a tensor of one sample", ids([3], 1, 2, 3), [1, 2, 3, 1, 2, 3]],
    ["a tensor of one row", ids([1, 3], 1, 2, 3), [1, 2, 3, 1, 2, 3]],
    ["a tensor of all rows", ids([2, 3], 1, 2, 3, 11, 12, 13), [1, 2, 3, 11, 12, 13]],
  ])("stands in the place of what is fed: %s", (_, given, expected) => {
    expect(integerBaseline("ids", given, fed, 2, {})).toEqual(ids([2, 3], ...expected));
  });

  it("belongs to the rows of the outermost input where methods nest", () => {
    const given = ids([3, 3], 1, 1, 1, 2, 2, 2, 3, 3, 3);
    expect(integerBaseline("ids", given, fed, 2, { origin: { rows: [2, 0], of: 3, depth: 1 } })).toEqual(ids([2, 3], 3, 3, 3, 1, 1, 1));
  });

  it.each([[0.5], [ids([4], 1, 2, 3, 4)], [ids([3, 3], ...Array.from({ length: 9 }, () => 0))], [ids([3], 1)], [{ ...fed, type: "int32" } as Tensor]])(
    "is refused where it does not fit: %o",
    (given) => {
      expect(() => integerBaseline("ids", given, fed, 2, {})).toThrow(expect.objectContaining({ code: "BASELINE_INVALID" }));
    },
  );
});
