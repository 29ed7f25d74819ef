/** Pearson's correlation; null where either list is constant. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB];
    product += da * db;
    squaresA += da * da;
    squaresB += db * db;
  }
  // Of a constant list, the mean may differ from every entry by a rounding error.
  if (squaresA === 0 || squaresB === 0 || isConstant(a) || isConstant(b)) return null;
  return Math.max(-1, Math.min(1, product / Math.sqrt(squaresA * squaresB)));
}

/** Spearman's: Pearson's of the ranks, equal values sharing the mean of theirs; null where either list is constant. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  return pearson(sharedRanks(a), sharedRanks(b));
}

function sharedRanks(values: ArrayLike<number>): Float64Array {
  const order = new Int32Array(values.length).map((_, i) => i).sort((i, k) => values[i]! - values[k]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
