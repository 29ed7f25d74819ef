import { describe, expect, it } from "vitest";

import { packedRequest, packedResult } from "./packed-tensors.ts";
import { SpareMemory, memoryOf } from "./spare-memory.ts";

const LARGE = 2 ** 16;

describe("packedRequest", () => {
  it("copies arrays of every kind, views, and Buffers, whose own slice would give the caller's memory away", () => {
    const memory = new ArrayBuffer(LARGE);
    const arrays = [
      new Float32Array(memory, 4, 3).fill(1.5),
      BigInt64Array.of(1n, -2n),
      Buffer.alloc(LARGE, 7),
      new Uint16Array(new SharedArrayBuffer(8)).fill(3),
    ];
    const { message, transfer } = packedRequest({ arrays }, new SpareMemory().copy);
    const sent = structuredClone(message, { transfer });
    expect(sent.arrays.map((each) => [Object.prototype.toString.call(each), ...each.slice(0, 2)])).toEqual([
      ["[object Float32Array]", 1.5, 1.5],
      ["[object BigInt64Array]", 1n, -2n],
      ["[object Uint8Array]", 7, 7],
      ["[object Uint16Array]", 3, 3],
    ]);
    expect([...arrays.map(({ byteLength }) => byteLength), memory.byteLength]).toEqual([12, 16, LARGE, 8, LARGE]);
  });
});

describe("memory that comes back", () => {
  it("takes the next copy of its size, and is let go where it would be too much", () => {
    const spare = new SpareMemory();
    const [small, one, other] = [LARGE / 2, LARGE, LARGE].map((bytes) => new ArrayBuffer(bytes));
    spare.keep([small!, one!, other!]);
    const copies = [1, 2, 3].map((value) => spare.copy(new Float32Array(LARGE / 4).fill(value)));
    expect(copies.map(({ buffer }) => buffer === one || buffer === other)).toEqual([true, true, false]);
    expect(copies.map(([first]) => first)).toEqual([1, 2, 3]);
    expect(spare.copy(new Float32Array(LARGE / 8)).buffer).not.toBe(small);
    const kept = Array.from({ length: 5 }, () => new ArrayBuffer(2 ** 24));
    spare.keep(kept);
    const again = kept.map(() => spare.copy(new Float32Array(2 ** 22)).buffer);
    expect(kept.filter((each) => again.includes(each))).toEqual(kept.slice(0, 2));
  });

  it("is that of the request, and none that goes out with the result", () => {
    const [x, y] = [new Float32Array(LARGE / 4), new Float32Array(LARGE / 4)];
    const request = { feeds: { x: { data: x }, y: { data: y }, few: { data: new Float32Array(2) } } };
    const result = packedResult({ outputs: { same: { data: x }, part: { data: y.subarray(1, 3) } } });
    expect(memoryOf(request, result)).toEqual([y.buffer]);
    const sent = structuredClone(result.message, { transfer: result.transfer });
    expect([sent.outputs.same.data.length, sent.outputs.part.data.length, y.length]).toEqual([LARGE / 4, 2, LARGE / 4]);
  });
});
