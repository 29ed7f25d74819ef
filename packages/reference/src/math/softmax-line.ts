/** log Σ eˣ, shifted by the maximum. */
export function logSumExp(elements: Float64Array): number {
  const top = elements.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(elements.reduce((total, x) => total + Math.exp(x - top), 0));
}

/** eˣ / Σ eˣ of one line. */
export function softmaxLine(line: Float64Array): Float64Array {
  const total = logSumExp(line);
  return line.map((x) => Math.exp(x - total));
}
