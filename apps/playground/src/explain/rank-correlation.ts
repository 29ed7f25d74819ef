/** Spearman's rank correlation of the sizes of two maps: 1 where they order their places alike, 0 where they have nothing in common. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length - 1) / 2;
  let both = 0;
  let first = 0;
  let second = 0;
  x.forEach((rank, n) => {
    both += (rank - middle) * (y[n]! - middle);
    first += (rank - middle) ** 2;
    second += (y[n]! - middle) ** 2;
  });
  return first === 0 || second === 0 ? 0 : both / Math.sqrt(first * second);
}

/** Equal values share the mean of their ranks. */
function ranks(values: ArrayLike<number>): Float64Array {
  const sizes = Float64Array.from(values, Math.abs);
  const order = Array.from(sizes.keys()).sort((p, q) => sizes[p]! - sizes[q]!);
  const found = new Float64Array(sizes.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && sizes[order[end]!] === sizes[order[start]!]) end++;
    for (let at = start; at < end; at++) found[order[at]!] = (start + end - 1) / 2;
  }
  return found;
}
