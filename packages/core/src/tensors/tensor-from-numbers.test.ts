import { describe, expect, it } from "vitest";

import { ELEMENT_ARRAYS } from "./data-types.ts";
import { fromFloat64 } from "./float-values.ts";
import { tensorFromNumbers } from "./tensor-from-numbers.ts";

const origin = { subject: "The row", details: { path: "row.json" } };

describe("a tensor from numbers", () => {
  it.each(["float32", "float64", "float16", "bfloat16"] as const)("of %s holds the nearest ones", (type) => {
    expect(tensorFromNumbers(type, [1, 3], [0.1, -2, 1e9], origin)).toEqual(fromFloat64(type, [1, 3], Float64Array.of(0.1, -2, 1e9)));
  });

  it.each(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"] as const)("of %s holds them as they are", (type) => {
    const { data, dims } = tensorFromNumbers(type, [2], [0, 1], origin);
    expect(data).toBeInstanceOf(ELEMENT_ARRAYS[type]);
    expect([Array.from(data as ArrayLike<unknown>, Number), dims]).toEqual([[0, 1], [2]]);
  });

  it.each([
    ["uint8", 256],
    ["uint8", -1],
    ["int8", 128],
    ["int32", 2 ** 31],
    ["uint64", -1],
    ["int64", 2 ** 60],
    ["int64", 0.5],
    ["bool", NaN],
  ] as const)("of %s does not hold %d", (type, number) => {
    const details = { path: "row.json", type, index: 1 };
    expect(() => tensorFromNumbers(type, [2], [0, number], origin)).toThrow(
      expect.objectContaining({ code: "INPUT_TYPE", details, message: expect.stringMatching(/^The row holds \S+ at element 1/) }),
    );
  });

  it("is not fed to an input of strings", () => {
    expect(() => tensorFromNumbers("string", [1], [0], origin)).toThrow(expect.objectContaining({ code: "INPUT_TYPE" }));
  });
});
