import { describe, expect, it } from "vitest";

import { pauses } from "../rows/between-runs.ts";
import { floatRoom, fromFloat64, toFloat64 } from "./float-values.ts";

describe("float values", () => {
  it("reads every finite half float back to its own bits", () => {
    const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter((value) => (value & 0x7c00) !== 0x7c00);
    const numbers = toFloat64({ type: "float16", dims: [bits.length], data: bits });
    expect(fromFloat64("float16", [bits.length], numbers).data).toEqual(bits);
  });

  it("reads every finite bfloat16 back to its own bits", () => {
    const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter((value) => (value & 0x7f80) !== 0x7f80);
    const numbers = toFloat64({ type: "bfloat16", dims: [bits.length], data: bits });
    expect(fromFloat64("bfloat16", [bits.length], numbers).data).toEqual(bits);
  });

  it("knows the landmarks of half floats", () => {
    const landmarks = toFloat64({ type: "float16", dims: [5], data: Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400) });
    expect([...landmarks]).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14]);
  });

  it("rounds halves to even and overflows to infinity", () => {
    const step = 2 ** -10;
    const rounded = fromFloat64("float16", [4], Float64Array.of(1 + step / 2, 1 + 1.5 * step, 65519, 65520));
    expect([...toFloat64(rounded)]).toEqual([1, 1 + 2 * step, 65504, Infinity]);
    const brain = fromFloat64("bfloat16", [2], Float64Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8));
    expect([...toFloat64(brain)]).toEqual([1, 1 + 2 ** -6]);
  });

  it("refuses integers", () => {
    expect(() => toFloat64({ type: "int32", dims: [1], data: Int32Array.of(1) })).toThrow(expect.objectContaining({ code: "INPUT_TYPE" }));
    expect(() => fromFloat64("int64", [1], Float64Array.of(1))).toThrow(expect.objectContaining({ code: "INPUT_TYPE" }));
    expect(() => floatRoom("int64")).toThrow(expect.objectContaining({ code: "INPUT_TYPE" }));
  });

  it.each(["float32", "float64", "float16", "bfloat16"] as const)("of %s are the same where each lies in the memory of the one before", async (type) => {
    const room = floatRoom(type);
    const memories = new Set<ArrayBufferLike>();
    for (const [count, factor] of [
      [3, 1],
      [2, -7],
      [3, 0.1],
    ] as const) {
      const numbers = Float64Array.from({ length: count * 4 }, (_, i) => factor * Math.sin(i));
      const tensor = await room([count, 4], pauses(), async (values) => values.set(numbers));
      expect(tensor).toEqual(fromFloat64(type, [count, 4], numbers));
      memories.add((tensor.data as Float32Array).buffer);
    }
    expect(memories.size).toBe(1);
  });
});
