/** A step of a network: the values that it reads, and those that it makes of them. */
export interface NetworkStep<Value> {
  readonly reads: readonly Value[];
  readonly makes: readonly Value[];
}

/** Paths are counted modulo a prime, since there are more of them than numbers hold. */
const PRIME = 2 ** 31 - 1;

/**
 * The values that every path between two values passes, in order, `from` left out: as many paths run through them as there are in all. The steps come in
 * the order in which they run, and all lie between the two.
 */
export function bottlenecks<Value>(steps: readonly NetworkStep<Value>[], from: Value, to: Value): readonly Value[] {
  const leading = new Map<Value, number>([[from, 1]]);
  for (const { reads, makes } of steps) {
    const count = reads.reduce((sum, value) => (sum + (leading.get(value) ?? 0)) % PRIME, 0);
    for (const value of makes) leading.set(value, count);
  }
  const following = new Map<Value, number>([[to, 1]]);
  for (const { reads, makes } of steps.toReversed()) {
    const count = makes.reduce((sum, value) => (sum + (following.get(value) ?? 0)) % PRIME, 0);
    for (const value of reads) following.set(value, ((following.get(value) ?? 0) + count) % PRIME);
  }
  const all = leading.get(to) ?? 0;
  const through = (value: Value): number => Number((BigInt(leading.get(value) ?? 0) * BigInt(following.get(value) ?? 0)) % BigInt(PRIME));
  return steps.flatMap(({ makes }) => makes.filter((value) => through(value) === all));
}
