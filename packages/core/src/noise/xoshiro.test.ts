import { describe, expect, it } from "vitest";

import { stateOf, xoshiro } from "./xoshiro.ts";
import type { State } from "./xoshiro.ts";

const MASK = (1n << 32n) - 1n;

/** The four words as one number of 128 bits. */
function pack(state: readonly number[]): bigint {
  return state.reduce((bits, word, k) => bits | (BigInt(word >>> 0) << BigInt(32 * k)), 0n);
}

/** One step of the generator on 128 bits, from the paper. */
function transition(state: bigint): bigint {
  let [a, b, c, d] = [0n, 32n, 64n, 96n].map((shift) => (state >> shift) & MASK) as [bigint, bigint, bigint, bigint];
  const shifted = (b << 9n) & MASK;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= shifted;
  d = ((d << 11n) | (d >> 21n)) & MASK;
  return a | (b << 32n) | (c << 64n) | (d << 96n);
}

/** A linear map of 128 bits as the images of the single bits. */
type Matrix = readonly bigint[];

function apply(matrix: Matrix, vector: bigint): bigint {
  return matrix.reduce((sum, image, bit) => ((vector >> BigInt(bit)) & 1n ? sum ^ image : sum), 0n);
}

/** The transition to the power of 2^k, by squaring. */
function power(k: number): Matrix {
  let matrix: Matrix = Array.from({ length: 128 }, (_, bit) => transition(1n << BigInt(bit)));
  for (let i = 0; i < k; i++) {
    const square = matrix;
    matrix = square.map((image) => apply(square, image));
  }
  return matrix;
}

describe("xoshiro", () => {
  it("gives the numbers of the authors' code from the state 1, 2, 3, 4", () => {
    const words = new Int32Array(6);
    xoshiro([1, 2, 3, 4])(words);
    expect([...Uint32Array.from(words)]).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
  });

  it("continues where it stopped", () => {
    const [whole, first, second] = [new Int32Array(10), new Int32Array(3), new Int32Array(7)];
    xoshiro([1, 2, 3, 4])(whole);
    const fill = xoshiro([1, 2, 3, 4]);
    fill(first);
    fill(second);
    expect([...first, ...second]).toEqual([...whole]);
  });
});

describe("stateOf", () => {
  it("starts streams 2^64 steps apart, and depths 2^96", () => {
    const start = pack(stateOf(5, 0, 0));
    const [short, long] = [power(64), power(96)];
    expect(pack(stateOf(5, 1, 0))).toBe(apply(short, start));
    expect(pack(stateOf(5, 0, 1))).toBe(apply(long, start));
    expect(pack(stateOf(5, 2, 3))).toBe(apply(short, apply(short, apply(long, apply(long, apply(long, start))))));
  });

  it("is never all zeros, and changes half of the bits where the seed changes by one", () => {
    const states = Array.from({ length: 2000 }, (_, seed): State => stateOf(seed, 0, 0));
    let changed = 0;
    for (let seed = 1; seed < states.length; seed++) {
      expect(states[seed]!.some((word) => word !== 0)).toBe(true);
      changed += (pack(states[seed]!) ^ pack(states[seed - 1]!)).toString(2).replaceAll("0", "").length;
    }
    // 64 of 128 bits; the standard error of the mean is 0.13.
    expect(Math.abs(changed / (states.length - 1) - 64)).toBeLessThan(0.6);
  });
});
