import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { mersenne } from "pure-rand/generator/mersenne";

/** A stream of random choices that depends on its seed alone. */
export interface Random {
  /** A number from `from` (included) to `to` (excluded). */
  uniform(from: number, to: number): number;
  /** A whole number from `from` to `to`, both included. */
  integer(from: number, to: number): number;
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T;
}

/** The stream of `seed`, a 32-bit integer. Neighbouring seeds give unrelated streams: the Mersenne Twister scrambles its seed. */
export function createRandom(seed: number): Random {
  const generator = mersenne(seed);
  const integer = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    uniform: (from, to) => from + uniformFloat64(generator) * (to - from),
    integer,
    pick: <T>(items: readonly T[]) => items[integer(0, items.length - 1)] as T,
  };
}
