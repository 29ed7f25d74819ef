import { text } from "node:stream/consumers";

import { fromFloat64 } from "@xdeep/core/method";
import { describe, expect, it } from "vitest";

import { NumberList, jsonStream, jsonText } from "./json-stream.ts";
import { bytesOf, tensorOfBytes, tensorOfJson } from "./tensor-codec.ts";

const NUMBERS = [0, 1.5, -0.25, 640];

describe("numbers of a request", () => {
  it.each(["float16", "bfloat16", "float32", "float64"] as const)("in %s bytes are what they stand for, whatever float the model takes", (type) => {
    const sent = bytesOf(fromFloat64(type, [1, 4], Float64Array.from(NUMBERS)));
    for (const wanted of ["float16", "bfloat16", "float32", "float64"] as const) {
      expect(tensorOfBytes(sent, [1, 4], type, { name: "x", type: wanted })).toEqual(fromFloat64(wanted, [1, 4], Float64Array.from(NUMBERS)));
    }
  });

  it.each([
    ["uint8", 256],
    ["uint8", -1],
    ["int8", 128],
    ["uint64", -1],
    ["int32", 0.5],
    ["int64", 2 ** 60],
  ] as const)("are refused where %s cannot hold them, such as %d", (type, number) => {
    expect(() => tensorOfJson([number], [1, 1], { name: "x", type })).toThrow(expect.objectContaining({ code: "INPUT_TYPE" }));
  });

  it("of integers are those of the model's type", () => {
    expect(tensorOfJson([[0, 255]], [1, 2], { name: "x", type: "uint8" })).toEqual({ type: "uint8", dims: [1, 2], data: Uint8Array.of(0, 255) });
    expect(tensorOfJson([[-3]], [1, 1], { name: "x", type: "int64" })).toEqual({ type: "int64", dims: [1, 1], data: BigInt64Array.of(-3n) });
  });
});

it.each(["float16", "bfloat16"] as const)("JSON of an answer has the numbers that %s stands for", async (type) => {
  const tensor = fromFloat64(type, [1, 4], Float64Array.from(NUMBERS));
  expect(JSON.parse(await text(jsonStream(new NumberList(tensor, true))))).toEqual([NUMBERS]);
});

it("JSON before binary tensors is that of an answer without them: whole numbers keep all digits, and NaN is refused", async () => {
  const data = BigInt64Array.of(2n ** 62n + 1n);
  expect(jsonText({ data: new NumberList({ type: "int64", dims: [1], data }, false) })).toBe('{"data":[4611686018427387905]}');
  const list = new NumberList({ type: "float32", dims: [1], data: Float32Array.of(NaN) }, false);
  expect(() => jsonText({ list })).toThrow(expect.objectContaining({ code: "RESULT_NOT_FINITE" }));
});
