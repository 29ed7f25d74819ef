/**
 * The number by which a bound ends a run, as a size or an index that there cannot be: it is all that every engine tells of the node that failed. Multiples of SHARE
 * say which bound it was, the rest how much it allows.
 */
export function endMark(bound: number, allowed: number): bigint {
  return BigInt(bound) * SHARE + BigInt(allowed);
}

/** What the number in an engine's message says; that of no bound where there is none. */
export function readEndMark(digits: string | undefined): { readonly bound: number; readonly allowed: number } {
  const mark = BigInt(digits ?? 0);
  return { bound: Number(mark / SHARE), allowed: Number(mark % SHARE) };
}

const SHARE = 2n ** 44n;
