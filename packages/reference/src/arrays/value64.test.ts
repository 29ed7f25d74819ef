import { describe, expect, it } from "vitest";
import { fromTensor, toTensor, value64 } from "./value64.ts";

describe("value64", () => {
  it("refuses data that does not fit the dims", () => {
    expect(() => value64("float32", [2, 3], [1, 2])).toThrow(/holds 6 elements, got 2/);
  });

  it("decodes float16", () => {
    const bits = Uint16Array.of(0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x7c00, 0xfc00, 0x7e00, 0x3555);
    const expected = [0, -0, 1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, Infinity, -Infinity, NaN, 0.333251953125];
    expect([...fromTensor({ type: "float16", dims: [12], data: bits }).data]).toEqual(expected);
  });

  it("decodes bfloat16", () => {
    expect([...fromTensor({ type: "bfloat16", dims: [4], data: Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x3eab) }).data]).toEqual([1, -2, Infinity, 0.333984375]);
  });

  it("keeps int64 exact both ways", () => {
    const value = fromTensor({ type: "int64", dims: [2], data: BigInt64Array.of(2n ** 53n, -7n) });
    expect([...value.data]).toEqual([2 ** 53, -7]);
    expect(toTensor(value).data).toEqual(BigInt64Array.of(2n ** 53n, -7n));
  });

  it("refuses strings", () => {
    expect(() => fromTensor({ type: "string", dims: [1], data: ["a"] })).toThrow(/no strings/);
  });
});
