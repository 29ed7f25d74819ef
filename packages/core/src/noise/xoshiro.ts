/** Overwrites `words` with the next random bits, 32 in each. */
export type FillWithBits = (words: Int32Array) => void;

/** Four words of 32 bits, not all 0. */
export type State = [number, number, number, number];

/** The generator's transition to the powers 2⁶⁴ and 2⁹⁶, as polynomials of it. */
const JUMPS = {
  short: [0x8764000b, 0xf542d2d3, 0x6fa035c3, 0x77f2db5b],
  long: [0xb523952e, 0x0b6f099f, 0xccf5a0ef, 0x1c580662],
} as const;

/**
 * The generator xoshiro128**, period 2¹²⁸ − 1, from a state that is used up.
 *
 * @see D. Blackman and S. Vigna (2021), Scrambled linear pseudorandom number generators, ACM Transactions on Mathematical Software 47(4)
 */
export function xoshiro(state: State): FillWithBits {
  return (words) => {
    // The transition of `step` in variables of its own, which engines keep in registers.
    let [a, b, c, d] = state;
    for (let i = 0; i < words.length; i++) {
      const times5 = Math.imul(b, 5);
      words[i] = Math.imul((times5 << 7) | (times5 >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    state.splice(0, 4, a, b, c, d);
  };
}

/** Words that are made at once. */
const BLOCK = 1024;

/** The next 32 random bits of a sequence, one call after the other: that of `stream` and `depth` of a seed. */
export function randomBits(seed: number, stream: number, depth: number): () => number {
  const refill = xoshiro(stateOf(seed, stream, depth));
  const words = new Int32Array(BLOCK);
  let used = BLOCK;
  return () => {
    if (used === BLOCK) {
      refill(words);
      used = 0;
    }
    return words[used++]!;
  };
}

/** A number in (0, 1), from 32 bits. */
export function uniform(bits: () => number): number {
  return ((bits() >>> 0) + 0.5) / 2 ** 32;
}

/** The state `depth` · 2⁹⁶ + `stream` · 2⁶⁴ steps behind the place that the seed names. Neighbouring seeds name unrelated places. */
export function stateOf(seed: number, stream: number, depth: number): State {
  const base = scramble(seed);
  const state: State = [scramble(base ^ 0x9e3779b9), scramble(base ^ 0x3c6ef372), scramble(base ^ 0xdaa66d2b), scramble(base ^ 0x78dde6e4)];
  for (let k = 0; k < depth; k++) jump(state, JUMPS.long);
  for (let k = 0; k < stream; k++) jump(state, JUMPS.short);
  return state;
}

/** The finalizer of MurmurHash3: one to one on 32 bits. */
function scramble(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function jump(state: State, polynomial: readonly number[]): void {
  const sum: State = [0, 0, 0, 0];
  for (const word of polynomial) {
    for (let bit = 0; bit < 32; bit++) {
      if ((word >>> bit) & 1) for (const k of [0, 1, 2, 3] as const) sum[k] ^= state[k];
      step(state);
    }
  }
  state.splice(0, 4, ...sum);
}

function step(state: State): void {
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = (state[3] << 11) | (state[3] >>> 21);
}
